import { payloadText } from '../../load/payload.ts'
import type { SeededRandom } from '../../random/seeded-random.ts'
import type { PlannedEvent, Workload } from '../../workloads/workload.ts'

/** The events of one round: those of the warm-up, then those that count, which are the same for every candidate. */
export interface Schedule {
  readonly events: readonly PlannedEvent[]
  /** The number of the first one that counts. */
  readonly countedFrom: number
  /** When what is measured begins, and ends, in ms from the first event's zero. */
  readonly fromMs: number
  readonly toMs: number
}

export interface ScheduleOptions {
  readonly clients: number
  readonly warmUpMs: number
  readonly durationMs: number
}

export function schedule(workload: Workload, random: SeededRandom, options: ScheduleOptions): Schedule {
  const { clients, warmUpMs, durationMs } = options
  const counted = workload.plan(random.fork(), { clients, durationMs })
  const before = workload.rareEvents === null ? workload.plan(random.fork(), { clients, durationMs: warmUpMs }) : []
  return {
    events: [...before, ...counted.map((event) => ({ ...event, atMs: event.atMs + warmUpMs }))],
    countedFrom: before.length,
    fromMs: warmUpMs,
    toMs: warmUpMs + durationMs,
  }
}

/** The data of one event's record: its number stands in it. */
export function eventData(workload: Workload, index: number, { bytes, key }: PlannedEvent): string {
  return workload.data(payloadText(index, bytes), key)
}
