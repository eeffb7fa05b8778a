import type { Clock } from './clock.ts'
import type { Rest } from './rest.ts'
import type { Session } from './session.ts'
import type { Trace } from './trace.ts'

/** What reaches the outside, handed in: time, chance, sockets, requests. */
export interface Network {
  /** Without a slash at its end. */
  readonly url: string
  readonly session: Session
  readonly rest: Rest
  readonly WebSocket: typeof globalThis.WebSocket | undefined
  readonly clock: Clock
  readonly random: () => number
  readonly trace: Trace
}
