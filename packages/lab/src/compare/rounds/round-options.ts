import type { Candidate } from '../../candidates/candidate.ts'
import type { SeededRandom } from '../../random/seeded-random.ts'
import type { Workload } from '../../workloads/workload.ts'
import type { Publisher } from '../targets/publisher.ts'
import type { Target } from '../targets/target.ts'

export interface RoundOptions {
  readonly target: Target
  readonly publisher: Publisher
  readonly workload: Workload
  /** Several run at once; what the server uses is then counted for all of them together. */
  readonly candidates: readonly Candidate[]
  readonly channel: string
  /** How many clients each candidate has. */
  readonly clients: number
  readonly durationMs: number
  /** How long clients are watched before the first event. */
  readonly idleMs: number
  /** For how long, at least, events are sent before those that count. */
  readonly warmUpMs: number
  /** A delivery that takes longer is late. */
  readonly withinMs: number
  /** Seeded alike for every round that is to have the same events. */
  readonly random: SeededRandom
  /** Monotonic milliseconds. */
  readonly now: () => number
}
