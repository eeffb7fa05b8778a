import type { Contender } from '../contenders/contender.ts'
import type { Outside } from '../contenders/outside/outside.ts'
import type { Workload } from '../workloads/workload.ts'
import type { Lap } from './race.ts'
import type { Prices } from './verdict/cost.ts'

export interface CompareOptions {
  /** As it was typed. */
  readonly command: string
  /** The file that is the `dovetail` command: a server of its own is started with it. */
  readonly dovetail: string
  /** A server that runs already, instead. */
  readonly url?: string
  readonly token?: string
  readonly workload: Workload
  readonly contenders: readonly Contender[]
  /** Servers that are not ours, measured in the same rounds. */
  readonly outsides: readonly Outside[]
  readonly clients: number
  readonly durationMs: number
  readonly idleMs: number
  readonly warmUpMs: number
  readonly rounds: number
  readonly seed: number
  readonly withinMs: number
  readonly prices: Prices
  /** Idle connections opened to see what one takes of the server's memory; 0: that is not measured. */
  readonly memoryConnections: number
  readonly tell: (progress: Progress) => void
}

export type Progress =
  | { readonly step: 'starting' | 'memory' }
  | {
      readonly step: 'run'
      readonly name: string
      readonly run: number
      readonly runs: number
      /** How long this one should take. */
      readonly expectedMs: number
      /** How long this one and all that follow should take. */
      readonly leftMs: number
    }
  | { readonly step: 'ran'; readonly lap: Lap }
