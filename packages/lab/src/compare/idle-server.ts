/** A server that is warm, and what it takes when nobody is there. */
import { setTimeout as pause } from 'node:timers/promises'
import { Dice } from '../check/dice.ts'
import { CompareFailure } from './compare-failure.ts'
import type { CompareOptions } from './compare-options.ts'
import type { Publisher } from './publisher.ts'
import { type Lap, race } from './race.ts'
import type { Baseline } from './rates.ts'
import type { Target } from './target.ts'

/**
 * Code that runs for the first time is slow: the first contender must not pay for it.
 * @throws CompareFailure where nothing can be written or heard
 */
export async function heat(
  target: Target,
  publisher: Publisher,
  options: CompareOptions,
  channel: string,
): Promise<void> {
  const { workload, contenders, warmUpMs, withinMs } = options
  const quickest = contenders.filter(({ staleMs }) => staleMs <= warmUpMs)
  if (quickest.length === 0) return
  const laps = await race({
    target,
    publisher,
    workload,
    contenders: quickest,
    channel,
    clients: 2,
    durationMs: warmUpMs,
    idleMs: 0,
    warmUpMs,
    withinMs,
    dice: new Dice(options.seed),
    now: () => performance.now(),
  })
  // Nothing heard by anybody is no measurement, and it would be found out only after minutes.
  const [complaint] = laps.flatMap(({ complaints }) => complaints)
  if (complaint !== undefined && laps.every(({ heard }) => heard.latency.figures().count === 0))
    throw new CompareFailure(complaint)
}

const baselineMs = 500

export async function idleServer(target: Target): Promise<Baseline> {
  await target.collect()
  const before = await target.usage()
  const startAt = performance.now()
  await pause(baselineMs)
  const after = await target.usage()
  if (before === null || after === null) return { cpuPerSecond: 0 }
  return { cpuPerSecond: ((after.cpuSeconds - before.cpuSeconds) * 1000) / (performance.now() - startAt) }
}

/** Other work of the machine only ever adds: the least that was seen is nearest to what idling takes. */
export function leastIdle({ cpuPerSecond }: Baseline, laps: readonly Lap[]): Baseline {
  const seen = laps.flatMap(({ idle }) => (idle.server === null ? [] : [idle.server.cpuSeconds / idle.seconds]))
  return { cpuPerSecond: Math.min(cpuPerSecond, ...seen) }
}
