/** An external server: the lab reads from it, but does not write to it, and its clock may differ. */
import type { PollingClient } from '../candidates/poll-at-interval.ts'

export interface ExternalSource {
  readonly name: string
  /** Looks once whether it can be listened to. Rejects, with words for one line, where not. */
  probe(): Promise<void>
  open(client: ExternalClient): Promise<{ close(): void }>
}

export interface ExternalClient extends PollingClient {
  /** One event that was news to this client, and when its sender says it was, in ms of Unix time; `null`: it does not say. */
  readonly receive: (timestampMs: number | null) => void
}
