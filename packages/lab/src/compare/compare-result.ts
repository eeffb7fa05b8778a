/** The type of a comparison's result, which `dovetail compare --json` prints. */

import type { Machine } from './machine.ts'
import type { CandidateResult, WorkloadFigures } from './results/candidate-result.ts'
import type { Verdict } from './verdict/verdict.ts'

export interface CompareResult {
  /** The command line, and the seed that repeats the run. */
  readonly command: string
  readonly seed: number
  readonly machine: Machine
  readonly server: { readonly url: string; readonly spawned: boolean }
  readonly workload: WorkloadFigures
  readonly contenders: readonly CandidateResult[]
  readonly verdict: Verdict
}
