import type { Dice } from '../check/dice.ts'
import { payloadText } from '../load/payload.ts'
import type { PlannedEvent, Workload } from '../workloads/workload.ts'

/** The events of one run: those that warm up, then those that count, which are the same for every contender. */
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

export function schedule(workload: Workload, dice: Dice, options: ScheduleOptions): Schedule {
  const { clients, warmUpMs, durationMs } = options
  const counted = workload.plan(dice.fork(), { clients, durationMs })
  const before = workload.rarely === null ? workload.plan(dice.fork(), { clients, durationMs: warmUpMs }) : []
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
