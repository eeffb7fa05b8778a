/** Candidates measured in turn, several times. */

import type { BenchCandidate } from '../candidates/candidate.ts'
import type { BenchSettings } from '../settings/bench-settings.ts'
import { formatResult } from './fan-out-rows.ts'
import { type FanOutResult, measureServer } from './firehose.ts'

export type StartCandidate = (settings: BenchSettings) => Promise<BenchCandidate>

/** The median round of each candidate. */
export async function runInterleaved(
  settings: BenchSettings,
  perSecond: number,
  starts: readonly StartCandidate[],
  report: (line: string) => void,
): Promise<FanOutResult[]> {
  return (await runAllRounds(settings, perSecond, starts, report)).map(medianRound)
}

/** The rounds of each candidate, interleaved, so that other work on the machine affects all candidates alike. */
export async function runAllRounds(
  settings: BenchSettings,
  perSecond: number,
  starts: readonly StartCandidate[],
  report: (line: string) => void,
): Promise<FanOutResult[][]> {
  const results: FanOutResult[][] = starts.map(() => [])
  for (let round = 0; round < settings.rounds; round++) {
    for (const [index, start] of starts.entries()) {
      const result = await measureServer(settings, start, perSecond)
      report(formatResult(result))
      results[index]?.push(result)
    }
  }
  return results
}

/** The round with the median cost, with the faults of all rounds. */
export function medianRound(rounds: readonly FanOutResult[]): FanOutResult {
  const sorted = [...rounds].sort((a, b) => a.cpu - b.cpu)
  const chosen = sorted[sorted.length >> 1]
  if (chosen === undefined) throw new Error('there are no rounds')
  const sum = (fault: 'received' | 'lost' | 'repeated' | 'reordered'): number =>
    rounds.reduce((all, each) => all + each[fault], 0)
  return {
    ...chosen,
    received: sum('received'),
    lost: sum('lost'),
    repeated: sum('repeated'),
    reordered: sum('reordered'),
  }
}
