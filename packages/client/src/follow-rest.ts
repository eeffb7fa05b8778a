/** What `follow` and `consume` share: the server's address, the sign-in, and the requests. */
import type { Clock } from './base/clock.ts'
import { Rest } from './base/rest.ts'
import { SignIn } from './base/sign-in.ts'
import { Trace } from './base/trace.ts'

export interface ConnectOptions {
  /** The server's URL. */
  readonly url: string
  /** Of a `service` or an `admin`. */
  readonly token?: string
  /** Returns a valid token. Called at the start, and again when the server refuses it. */
  readonly getToken?: () => Promise<string | null>
  /** Ends the following, without an error. */
  readonly signal?: AbortSignal
  readonly fetch?: typeof globalThis.fetch
  readonly clock?: Clock
  /** 0 ≤ n < 1, for back-off. */
  readonly random?: () => number
}

/** The longest that a server may hold a long-poll, and what an answer may take on top. */
export const timeoutMs = 90_000

export function restOf({ url, token, getToken, fetch = globalThis.fetch }: ConnectOptions, clock: Clock): Rest {
  return new Rest(
    url.replace(/\/+$/, ''),
    fetch,
    new SignIn(token, getToken, false, clock),
    clock,
    new Trace(clock.now),
  )
}
