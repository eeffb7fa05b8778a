/** What a whole run shares. */
export interface BenchSettings {
  /** The file that is the `dovetail` command. */
  readonly dovetail: string
  /** The core that servers keep to; `null`: any. The load generator has been put on another one. */
  readonly serverCore: number | null
  /** The cores that a cluster's processes keep to, as `0,2-7`; `null`: any. */
  readonly clusterCores: string | null
  /** Seconds that each load lasts, its warm-up not counted. */
  readonly seconds: number
  /** Extra arguments of node for the Dovetail server, such as `--cpu-prof`. */
  readonly nodeArgs: readonly string[]
  readonly fanOutRates: readonly number[]
  readonly readers: number
  /** How often each fan-out is measured; the median counts. */
  readonly rounds: number
}
