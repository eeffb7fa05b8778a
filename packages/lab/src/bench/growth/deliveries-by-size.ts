/** The cost of a delivery at each of several sizes, measured in turn over several rounds, so that other work on the machine meets all sizes alike. */
import { type BenchCandidate, startDovetail } from '../candidates/candidate.ts'
import { formatResult } from '../drivers/fan-out-rows.ts'
import { type FanOutResult, measureFanOut, oneServer, warmUp } from '../drivers/firehose.ts'
import { medianRound } from '../drivers/rounds.ts'
import type { BenchSettings } from '../settings/bench-settings.ts'

/** What the server is started with, and how many read what is posted. */
export interface SizedLoad {
  readonly args: readonly string[]
  readonly readers: number
  readonly perSecond: number
  /** Prepares the server for the load, and may change where it posts to and how it is read. */
  readonly prepare?: (candidate: BenchCandidate) => Promise<BenchCandidate>
}

const warmUpPosts = 10_000

/** The median round at each size. @throws Error where a delivery was lost or came twice */
export async function deliveriesBySize(
  settings: BenchSettings,
  sizes: readonly number[],
  loadOf: (size: number) => SizedLoad,
  report: (line: string) => void,
): Promise<FanOutResult[]> {
  const results: FanOutResult[][] = sizes.map(() => [])
  for (let round = 0; round < settings.rounds; round++) {
    for (const [index, size] of sizes.entries()) {
      const result = await measured(settings, loadOf(size))
      report(`${size}: ${formatResult(result)}`)
      if (result.lost + result.repeated > 0) throw new Error(`${result.lost} lost and ${result.repeated} repeated`)
      results[index]?.push(result)
    }
  }
  return results.map(medianRound)
}

async function measured(settings: BenchSettings, load: SizedLoad): Promise<FanOutResult> {
  const started = await startDovetail(settings, { args: load.args })
  try {
    const candidate = (await load.prepare?.(started)) ?? started
    await warmUp(candidate, warmUpPosts)
    return await measureFanOut(oneServer(candidate), { ...load, seconds: settings.seconds })
  } finally {
    await started.stop()
  }
}
