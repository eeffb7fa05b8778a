/** Contenders measured in turn, several times. */
import type { BenchSettings } from './bench-settings.ts'
import type { Contender } from './contender.ts'
import { type FanOutResult, measured } from './pour.ts'
import { lineOf } from './told.ts'

export type Start = (settings: BenchSettings) => Promise<Contender>

/** Round by round, so that what else the machine does meets all alike. */
export async function inTurn(
  settings: BenchSettings,
  perSecond: number,
  starts: readonly Start[],
  tell: (line: string) => void,
): Promise<FanOutResult[]> {
  const results: FanOutResult[][] = starts.map(() => [])
  for (let round = 0; round < settings.rounds; round++) {
    for (const [index, start] of starts.entries()) {
      const result = await measured(settings, start, perSecond)
      tell(lineOf(result))
      results[index]?.push(result)
    }
  }
  return results.map(middle)
}

/** The round with the median cost. No round's faults are lost over it. */
export function middle(rounds: readonly FanOutResult[]): FanOutResult {
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
