/** Warms a server up, and measures its use without clients. */
import { setTimeout as pause } from 'node:timers/promises'
import { CompareFailure } from '../failures/compare-failure.ts'
import { SeededRandom } from '../random/seeded-random.ts'
import type { CompareOptions } from './compare-options.ts'
import type { Baseline } from './results/rates.ts'
import type { RoundResult } from './rounds/round-result.ts'
import { runRound } from './rounds/run-round.ts'
import type { Publisher } from './targets/publisher.ts'
import type { Target } from './targets/target.ts'

/**
 * Code that runs for the first time is slow: the first candidate must not pay for it.
 * @throws CompareFailure where nothing can be written or received
 */
export async function warmUpServer(
  target: Target,
  publisher: Publisher,
  options: CompareOptions,
  channel: string,
): Promise<void> {
  const { workload, candidates, warmUpMs, withinMs } = options
  const quickest = candidates.filter(({ staleMs, front }) => front === undefined && staleMs <= warmUpMs)
  if (quickest.length === 0) return
  const roundResults = await runRound({
    target,
    publisher,
    workload,
    candidates: quickest,
    channel,
    clients: 2,
    durationMs: warmUpMs,
    idleMs: 0,
    warmUpMs,
    withinMs,
    random: new SeededRandom(options.seed),
    now: () => performance.now(),
  })
  // Where no client received anything nothing can be measured, which would otherwise show only after minutes.
  const [complaint] = roundResults.flatMap(({ complaints }) => complaints)
  if (complaint !== undefined && roundResults.every(({ receipts }) => receipts.latency.figures().count === 0))
    throw new CompareFailure(complaint)
}

const baselineMs = 500

export async function measureIdleServer(target: Target): Promise<Baseline> {
  await target.collect()
  const before = await target.usage()
  const startAt = performance.now()
  await pause(baselineMs)
  const after = await target.usage()
  if (before === null || after === null) return { cpuPerSecond: 0 }
  return { cpuPerSecond: ((after.cpuSeconds - before.cpuSeconds) * 1000) / (performance.now() - startAt) }
}

/** Other work on the machine only adds to the figure, so the lowest one measured is nearest to the truth. */
export function lowestBaseline({ cpuPerSecond }: Baseline, roundResults: readonly RoundResult[]): Baseline {
  const seen = roundResults.flatMap(({ idle }) => (idle.server === null ? [] : [idle.server.cpuSeconds / idle.seconds]))
  return { cpuPerSecond: Math.min(cpuPerSecond, ...seen) }
}
