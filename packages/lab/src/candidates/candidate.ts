/** A way of reading that is measured, such as SSE. All candidates read the same log of the same server. */

import type { Endpoint } from '../traffic/endpoint.ts'
import type { Traffic } from '../traffic/traffic.ts'

/** `tls`: it ends TLS. `cache`: one answer serves all who ask the same, for a second. */
export const frontNames = ['tls', 'cache'] as const
export type FrontName = (typeof frontNames)[number]

export interface Candidate {
  readonly name: string
  readonly kind: 'poll' | 'long-poll' | 'push'
  /** How far a healthy reader is behind by design, at most, in ms. What is measured begins no sooner than that after the first event. */
  readonly staleMs: number
  /** What stands between its clients and the server; absent: nothing. */
  readonly front?: FrontName
  /** Resolves when the reader will receive everything after `client.cursor`. */
  open(client: CandidateClient): Promise<Reader>
}

/** The input of one client. */
export interface CandidateClient {
  readonly endpoint: Endpoint
  readonly channel: string
  readonly collection: string
  readonly cursor: string
  /** `page`: those who can ask for the newest page of the collection do so, instead of what changed. */
  readonly reading: 'changes' | 'page'
  /** For writes; `null`: this client does not write. */
  readonly token: string | null
  readonly traffic: Traffic
  /** Where in its interval a polling client sends its first request, 0 ≤ phase < 1, so that many clients are spread evenly. */
  readonly phase: number
  /** Takes the events that stand between `start` and `end`; returns how many of them are news to this client. */
  readonly receive: (bytes: Buffer, start: number, end: number) => number
  /** Takes something that should not have happened, as a sentence for people. It does not end the round. */
  readonly reportProblem: (words: string) => void
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
