/** The shape of what a comparison found: what `dovetail compare --json` prints. */
import type { ContenderResult, WorkloadFigures } from './contender-result.ts'
import type { Machine } from './machine.ts'
import type { Verdict } from './verdict/verdict.ts'

export interface CompareResult {
  /** The command line, and the seed that makes it happen again. */
  readonly command: string
  readonly seed: number
  readonly machine: Machine
  readonly server: { readonly url: string; readonly spawned: boolean }
  readonly workload: WorkloadFigures
  readonly contenders: readonly ContenderResult[]
  readonly verdict: Verdict
}
