/** A way of reading that is measured. All of them read the same log of the same server. */
import type { Traffic } from './traffic.ts'
import type { Endpoint } from './wire/endpoint.ts'

export interface Contender {
  readonly name: string
  readonly kind: 'poll' | 'long-poll' | 'push'
  /** How far a healthy reader is behind by design, at most, in ms. What is measured begins no sooner than that after the first event. */
  readonly staleMs: number
  /** Resolves when the reader will hear of all that comes after `seat.cursor`. */
  open(seat: Seat): Promise<Reader>
}

/** What one client is given. */
export interface Seat {
  readonly endpoint: Endpoint
  readonly channel: string
  readonly collection: string
  readonly cursor: string
  /** `page`: those who can ask for the newest page of the collection do so, instead of what changed. */
  readonly reading: 'changes' | 'page'
  /** For writes; `null`: this client does not write. */
  readonly token: string | null
  readonly traffic: Traffic
  /** Where in its interval a client that asks at times begins, 0 ≤ phase < 1, so that a crowd is spread evenly. */
  readonly phase: number
  /** Takes the events that stand between `start` and `end`; returns how many of them are news to this client. */
  readonly hear: (bytes: Buffer, start: number, end: number) => number
  /** Something that should not be, in words for people. It does not end the run. */
  readonly complain: (words: string) => void
}

export interface Write {
  /** The record to replace; `null`: a new one. */
  readonly key: string | null
  /** The record's data as JSON. */
  readonly data: string
}

export interface Reader {
  /** Sends a write the way this client reads: by its socket, or by a request. */
  write(write: Write): void
  close(): void
}
