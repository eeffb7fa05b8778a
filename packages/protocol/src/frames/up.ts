/** Everything that a client may send over a WebSocket. */
import type { Ping } from './control.ts'
import { Ping as PingSchema } from './control.ts'
import { Follow, Unfollow } from './follow.ts'
import { Hello } from './hello.ts'
import { StateCommand } from './presence.ts'
import { SignalCommand } from './signal.ts'
import { Subscribe, Unsubscribe } from './subscribe.ts'
import { Append, Create, Delete, Patch, Put } from './write.ts'

/** Each command's schema by its `op`. */
export const upSchemas = {
  hello: Hello,
  subscribe: Subscribe,
  unsubscribe: Unsubscribe,
  follow: Follow,
  unfollow: Unfollow,
  create: Create,
  put: Put,
  patch: Patch,
  append: Append,
  delete: Delete,
  signal: SignalCommand,
  state: StateCommand,
  ping: PingSchema,
} as const

export type UpOp = keyof typeof upSchemas
export type Up =
  | Hello
  | Subscribe
  | Unsubscribe
  | Follow
  | Unfollow
  | Create
  | Put
  | Patch
  | Append
  | Delete
  | SignalCommand
  | StateCommand
  | Ping
