import type { RadioUse } from '../../traffic/radio.ts'
import type { TrafficFigures } from '../../traffic/traffic.ts'
import type { EventReceipt, Receipts } from './meter.ts'
import type { Period } from './period.ts'

/** The result of one round of one candidate. */
export interface RoundResult {
  /** The candidate's name. */
  readonly name: string
  readonly clients: number
  /** How many events counted: those of the warm-up do not. */
  readonly events: number
  /** From the first connection until every client was open. */
  readonly opening: TrafficFigures
  /** While no event was sent. */
  readonly idle: Period
  /** While events were sent. */
  readonly busy: Period
  /** What the radios of all clients would do, were they phones. `null`: not known. */
  readonly radio: { readonly idle: RadioUse; readonly busy: RadioUse } | null
  /** Seconds of the server's CPU in equal slices: of `idle` where events are rare, else of `busy`. */
  readonly cpuSlices: readonly number[]
  /** The longest time for which the lab itself stood still in this run, in ms. */
  readonly labPauseMs: number
  readonly receipts: Receipts
  readonly eventReceipts: readonly EventReceipt[]
  /** What went wrong for clients, in sentences for people: the first few that differ. */
  readonly complaints: readonly string[]
}
