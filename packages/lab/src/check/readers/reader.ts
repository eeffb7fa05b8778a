/** A reader of a run: over one transport, with or without the SDK. */
import type { SeededRandom } from '../../random/seeded-random.ts'
import type { CheckTransport } from '../client/follow.ts'
import type { Nodes } from '../client/nodes.ts'
import type { Observation } from '../judge/observation.ts'

export interface ReaderOptions {
  readonly name: string
  readonly nodes: Nodes
  readonly channel: string
  readonly collection: string
  readonly token: string | null
  readonly transport: CheckTransport
  readonly random: SeededRandom
  readonly pause: (ms: number) => Promise<unknown>
}

export interface Reader {
  /** Begins to read; resolves when the reader has its page and follows the channel. */
  open(): Promise<void>
  /** Cuts the reader's connection, as a tunnel does; the reader reconnects by itself, to the next server. */
  drop(): void
  /** Resolves when the stream has reached this revision and the history is read. */
  reached(epoch: string | null, rev: number): Promise<void>
  readonly observation: Observation
  close(): void
}
