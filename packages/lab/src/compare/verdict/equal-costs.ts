/** Why candidates whose costs look apart in the table count as equal. */
import type { CandidateResult } from '../results/candidate-result.ts'
import { formatCost, hourlyCost, type Prices } from './cost.ts'
import { type Evidence, findMargin, idleNoise, type Margin } from './cost-significance.ts'
import { formatNumber, formatPercent } from './format.ts'

export interface EqualCosts {
  /** The dearest of them to the cheapest. */
  readonly times: number
  readonly because: Margin
  readonly words: string
}

/** Costs that differ by less than this need no explanation. */
const looksApart = 1.25

/** `equal`: the cheapest and those that count as equal to it. `null`: there are none, or they look equal too. */
export function explainEqual(
  lowest: CandidateResult,
  equal: readonly CandidateResult[],
  prices: Prices,
  ground: Evidence,
): EqualCosts | null {
  const byCost = [...equal].sort((a, b) => hourlyCost(a, prices) - hourlyCost(b, prices))
  const dearest = byCost.at(-1)
  if (dearest === undefined || dearest === lowest) return null
  const [least, most] = [hourlyCost(lowest, prices), hourlyCost(dearest, prices)]
  const because = findMargin(lowest, dearest, prices, ground)
  if (because === null || most < least * looksApart || least <= 0) return null
  const times = most / least
  const words =
    `Measured, ${dearest.name} (${formatCost(most, prices)}) costs ${formatNumber(times)} times as much as ${lowest.name} ` +
    `(${formatCost(least, prices)}), and still counts as equal: ${reason(because, ground, lowest.clients)}.`
  return { times, because, words }
}

function reason(because: Margin, { rounds, events, apart }: Evidence, clients: number): string {
  switch (because) {
    case 'idle-noise':
      return `both are small, and the difference is less than the ${formatPercent(idleNoise)} of a core by which an idle server’s own use varies, shared by ${clients} clients; measure with more of them (--clients)`
    case 'few-events':
      return `${rounds * events} events settle a cost only to ${formatPercent(apart)}; measure longer (--duration)`
    case 'own-noise':
      return 'within the round, the server’s CPU varied by as much, or its memory was measured with few clients; measure more rounds (--repeat)'
    case 'rounds':
      return 'from one round to the next, each of the two varied by as much; measure when less else runs on this machine'
  }
}
