/** A workload: the events of a channel, with their time, size and writer. One seed gives the same events for every candidate. */
import type { SeededRandom } from '../random/seeded-random.ts'

export interface PlannedEvent {
  /** Milliseconds from the beginning. */
  readonly atMs: number
  /** Length of the text in it. */
  readonly bytes: number
  /** The client that writes it, by its own transport; `null`: a backend does, at no candidate's cost. */
  readonly writer: number | null
  /** The record it replaces; `null`: a new record. */
  readonly key: string | null
}

export interface Span {
  readonly clients: number
  readonly durationMs: number
}

export interface Workload {
  readonly name: string
  readonly about: string
  readonly namespace: string
  readonly collection: string
  readonly reading: 'changes' | 'page'
  /** What a run takes where nobody says otherwise. */
  readonly defaults: Span
  /** Records that are there before anybody reads, and the length of their text. */
  readonly prefill: { readonly records: number; readonly bytes: number }
  /**
   * Where events are so rare that a run would not see them: how often they come. Idling is measured, one event is
   * forced, the rest is computed from the two.
   */
  readonly rareEvents: { readonly everySeconds: number } | null
  /** In rising `atMs`, all below `durationMs`. */
  plan(random: SeededRandom, span: Span): PlannedEvent[]
  /** A record's data as JSON. `text` needs no escape. */
  data(text: string, key: string | null): string
}
