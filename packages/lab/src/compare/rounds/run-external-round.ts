/** One round on an external server: its clients receive what happens there. */
import { setTimeout as pause } from 'node:timers/promises'
import type { ExternalSource } from '../../external/external-source.ts'
import { CompareFailure } from '../../failures/compare-failure.ts'
import { PauseWatch } from '../../time/pause-watch.ts'
import { describeConnectionError } from '../../traffic/connection-error.ts'
import { Traffic } from '../../traffic/traffic.ts'
import { LatencyHistogram } from './latency-histogram.ts'
import type { Receipts } from './meter.ts'
import { periodBetween, takeSnapshot } from './period.ts'
import type { RoundResult } from './round-result.ts'

export interface ExternalRoundOptions {
  readonly source: ExternalSource
  readonly clients: number
  readonly durationMs: number
  readonly withinMs: number
  /** Unix time in ms. */
  readonly wallClock: () => number
}

export async function runExternalRound({
  source,
  clients,
  durationMs,
  withinMs,
  wallClock,
}: ExternalRoundOptions): Promise<RoundResult> {
  const traffic = new Traffic()
  const pauses = new PauseWatch(() => performance.now()).start()
  const delays: number[] = []
  let deliveries = 0
  const complaints = new Set<string>()
  const receive = (timestampMs: number | null): void => {
    deliveries++
    if (timestampMs !== null) delays.push(wallClock() - timestampMs)
  }
  const reportProblem = (words: string): void => void complaints.add(words)
  const opened = await Promise.all(
    Array.from({ length: clients }, (_, client) =>
      source.open({ traffic, receive, reportProblem, phase: (client + 0.5) / clients }),
    ),
  ).catch((error: unknown) => {
    throw new CompareFailure(`${source.name} can no longer be reached: ${describeConnectionError(error)}`, {
      cause: error,
    })
  })
  try {
    const from = { ...takeSnapshot(traffic.figures(), deliveries), server: null }
    await pause(durationMs)
    const to = { ...takeSnapshot(traffic.figures(), deliveries), server: null }
    return {
      name: source.name,
      clients,
      events: Math.round((to.deliveries - from.deliveries) / clients),
      opening: from.traffic,
      idle: periodBetween(from, from),
      busy: periodBetween(from, to),
      radio: null,
      cpuSlices: [],
      labPauseMs: pauses.longestBetween(from.at, to.at),
      receipts: receiptsOf(delays, deliveries, withinMs),
      eventReceipts: [],
      complaints: [...complaints],
    }
  } finally {
    pauses.stop()
    for (const each of opened) each.close()
  }
}

function receiptsOf(delays: readonly number[], deliveries: number, withinMs: number): Receipts {
  const soonest = Math.min(...delays)
  const late = delays.filter((delay) => delay - soonest > withinMs).length
  return { latency: relative(delays), expected: deliveries, lost: 0, repeated: 0, late, superseded: 0 }
}

/** The two clocks are apart by what nobody knows: delays count from the soonest one, and none is dropped. */
function relative(delays: readonly number[]): LatencyHistogram {
  const latency = new LatencyHistogram()
  const soonest = delays.reduce((least, delay) => Math.min(least, delay), Number.POSITIVE_INFINITY)
  for (const delay of delays) latency.record(delay - soonest)
  return latency
}
