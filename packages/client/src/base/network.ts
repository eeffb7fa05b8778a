import type { Clock } from './clock.ts'
import type { Rest } from './rest.ts'
import type { ServerLimits } from './server-limits.ts'
import type { SignIn } from './sign-in.ts'
import type { SilenceLimit } from './silence-limit.ts'
import type { SocketClass } from './socket.ts'
import type { Trace } from './trace.ts'

/** What the SDK needs of its environment (time, randomness, sockets, requests), and what it knows of the server and the connection. */
export interface Network {
  /** Without a slash at its end. */
  readonly url: string
  readonly signIn: SignIn
  readonly rest: Rest
  readonly limits: ServerLimits
  readonly silence: SilenceLimit
  readonly WebSocket: SocketClass | undefined
  readonly clock: Clock
  /** 0 ≤ n < 1. */
  readonly random: () => number
  readonly trace: Trace
  /** Takes what is appended to records; absent: records come whole. */
  readonly growing?: Growing | undefined
}

/** Stands between a link and those that it serves (`dovetail-client/growing`). Links are not known here. */
export type Growing = <Link, Events>(open: (events: Events) => Link, network: Network, events: Events) => Link
