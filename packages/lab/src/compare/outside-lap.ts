/** One run of a server that is not ours: its clients listen to what happens there. */
import { setTimeout as pause } from 'node:timers/promises'
import type { Outside } from '../contenders/outside/outside.ts'
import { Traffic } from '../contenders/traffic.ts'
import { refusalWords } from '../contenders/wire/refusal.ts'
import { CompareFailure } from './compare-failure.ts'
import { LatencyHistogram } from './latency-histogram.ts'
import type { Lap } from './race.ts'
import { markNow, stretchBetween } from './stretch.ts'

export interface OutsideOptions {
  readonly outside: Outside
  readonly clients: number
  readonly durationMs: number
  readonly withinMs: number
  /** Unix time in ms. */
  readonly wallClock: () => number
}

export async function outsideLap({ outside, clients, durationMs, withinMs, wallClock }: OutsideOptions): Promise<Lap> {
  const traffic = new Traffic()
  const delays: number[] = []
  let deliveries = 0
  const complaints = new Set<string>()
  const hear = (stampMs: number | null): void => {
    deliveries++
    if (stampMs !== null) delays.push(wallClock() - stampMs)
  }
  const complain = (words: string): void => void complaints.add(words)
  const opened = await Promise.all(
    Array.from({ length: clients }, (_, client) =>
      outside.open({ traffic, hear, complain, phase: (client + 0.5) / clients }),
    ),
  ).catch((error: unknown) => {
    throw new CompareFailure(`${outside.name} can no longer be reached: ${refusalWords(error)}`, { cause: error })
  })
  try {
    const from = markNow(traffic.figures(), deliveries, null)
    await pause(durationMs)
    const to = markNow(traffic.figures(), deliveries, null)
    const latency = relative(delays)
    const late = delays.filter((delay) => delay - Math.min(...delays) > withinMs).length
    return {
      name: outside.name,
      clients,
      events: Math.round((to.deliveries - from.deliveries) / clients),
      opening: from.traffic,
      idle: stretchBetween(from, from),
      busy: stretchBetween(from, to),
      cpuSlices: [],
      heard: { latency, expected: deliveries, lost: 0, repeated: 0, late, superseded: 0 },
      sightings: [],
      complaints: [...complaints],
    }
  } finally {
    for (const each of opened) each.close()
  }
}

/** The two clocks are apart by what nobody knows: delays count from the soonest one, and none is dropped. */
function relative(delays: readonly number[]): LatencyHistogram {
  const latency = new LatencyHistogram()
  const soonest = delays.reduce((least, delay) => Math.min(least, delay), Number.POSITIVE_INFINITY)
  for (const delay of delays) latency.record(delay - soonest)
  return latency
}
