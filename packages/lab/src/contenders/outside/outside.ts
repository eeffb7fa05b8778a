/** A server that is not ours: what it sends can be listened to, but nothing is written to it, and its clock is its own. */
import type { AskingSeat } from '../ask-at-times.ts'

export interface Outside {
  readonly name: string
  /** Looks once whether it can be listened to. Rejects, with words for one line, where not. */
  probe(): Promise<void>
  open(seat: OutsideSeat): Promise<{ close(): void }>
}

export interface OutsideSeat extends AskingSeat {
  /** One event that was news to this client, and when its sender says it was, in ms of Unix time; `null`: it does not say. */
  readonly hear: (stampMs: number | null) => void
}
