/** What makes a run no measurement of its candidate: the lab stood still, or did not ask as often as it was to. */
import type { RoundResult } from './round-result.ts'

export type Disturbance = 'lab-stalled' | 'off-pace'

/** A pause of the lab that is longer shows in the latencies of whoever ran then. */
export const longestPauseMs = 250
/** A poller that asked less often than this part of what its interval says was not measured at its interval. */
export const leastPace = 0.9

/** `intervalMs`: of a candidate that polls; `null`: it does not. */
export function disturbancesOf(result: RoundResult, intervalMs: number | null): Disturbance[] {
  const found: [Disturbance, boolean][] = [
    ['lab-stalled', result.labPauseMs > longestPauseMs],
    ['off-pace', intervalMs !== null && isOffPace(result, intervalMs)],
  ]
  return found.flatMap(([name, holds]) => (holds ? [name] : []))
}

/** Of each client, one question may be under way where the measured time begins or ends. */
function isOffPace({ idle, busy, clients }: RoundResult, intervalMs: number): boolean {
  const wanted = (clients * (idle.seconds + busy.seconds) * 1000) / intervalMs
  const asked = idle.traffic.requests + busy.traffic.requests
  return asked + clients < leastPace * wanted
}

/** The runs of one candidate. */
export interface MeasuredRuns {
  /** Those that count: the undisturbed ones; where there is none, all. */
  readonly results: readonly RoundResult[]
  /** What disturbed any run, also one that was repeated. */
  readonly disturbances: readonly Disturbance[]
  /** Whether every run was disturbed, so that nothing can be concluded. */
  readonly isUnreliable: boolean
}

export function judgeRuns(results: readonly RoundResult[], rounds: number, intervalMs: number | null): MeasuredRuns {
  const judged = results.map((result) => ({ result, disturbances: disturbancesOf(result, intervalMs) }))
  const clean = judged.filter(({ disturbances }) => disturbances.length === 0).map(({ result }) => result)
  return {
    results: clean.length > 0 ? clean.slice(0, rounds) : results.slice(0, rounds),
    disturbances: [...new Set(judged.flatMap(({ disturbances }) => disturbances))],
    isUnreliable: results.length > 0 && clean.length === 0,
  }
}
