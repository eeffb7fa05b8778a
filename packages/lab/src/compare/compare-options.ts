import type { Candidate } from '../candidates/candidate.ts'
import type { ExternalSource } from '../external/external-source.ts'
import type { Workload } from '../workloads/workload.ts'
import type { RoundResult } from './rounds/round-result.ts'
import type { Prices } from './verdict/cost.ts'

export interface CompareOptions {
  /** The command line as it was typed. */
  readonly command: string
  /** The file that is the `dovetail` command: a server of its own is started with it. */
  readonly dovetail: string
  /** Or: the URL of a server that runs already. */
  readonly url?: string
  readonly token?: string
  readonly workload: Workload
  readonly candidates: readonly Candidate[]
  /** Servers that are not ours, measured in the same rounds. */
  readonly externalSources: readonly ExternalSource[]
  readonly clients: number
  readonly durationMs: number
  readonly idleMs: number
  readonly warmUpMs: number
  readonly rounds: number
  readonly seed: number
  readonly withinMs: number
  readonly prices: Prices
  /** The number of idle connections that are opened to measure the server's memory per connection; 0: it is not measured. */
  readonly memoryConnections: number
  readonly onProgress: (progress: Progress) => void
}

export type Progress =
  | { readonly step: 'starting' | 'memory' }
  | {
      readonly step: 'run'
      readonly name: string
      readonly run: number
      readonly runs: number
      /** The expected duration of this run. */
      readonly expectedMs: number
      /** The expected duration of this run and of all that follow. */
      readonly leftMs: number
    }
  | { readonly step: 'finished'; readonly result: RoundResult }
