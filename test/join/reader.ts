import type { Observation, SeededRandom } from 'dovetail-lab/check'
import type { Progress } from './progress.ts'

export interface ReaderOptions {
  readonly name: string
  readonly port: number
  readonly channel: string
  /** How it begins: with a page that it requests, or with the snapshot of a subscription by `last`. */
  readonly start: 'page' | 'last'
  readonly random: SeededRandom
  readonly progress: Progress
}

export interface Reader {
  /** Resolves once it has the newest page and follows the stream. */
  open(): Promise<void>
  /** Loses its connection; it comes back by itself, and where it can wait not before `until` has resolved. */
  drop(until: Promise<void>): void
  /** Resolves when it has received that revision of that epoch by the stream, and has read its history. */
  reached(epoch: string | null, rev: number): Promise<void>
  readonly observation: Observation
  close(): void
}
