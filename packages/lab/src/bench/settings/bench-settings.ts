/** The settings of a whole run. */
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
  /** The rates at which Dovetail's fan-out is measured alone, in messages a second. */
  readonly fanOutRates: readonly number[]
  /** The rates of the part `peers`, in messages a second. */
  readonly peerRates: readonly number[]
  /** The Node that runs the servers; `null`: the one that runs the bench. */
  readonly serverRuntime: string | null
  readonly readers: number
  /** The names of the servers that the part `peers` compares with; `null`: all. */
  readonly beside: readonly string[] | null
  /** The file that is the `dovetail` command of another build, with which the part `metrics` compares; `null`: none. */
  readonly before: string | null
  /** How often each fan-out is measured; the median counts. */
  readonly rounds: number
  /** What grows in the part `growth` (subscribers, channels, records), or which kinds there are in `attack`; `null`: all. */
  readonly over: readonly string[] | null
  /** The sizes of a channel there, in records. */
  readonly recordSizes: readonly number[]
  /** How many records the part `purge` deletes. */
  readonly purgedRecords: number
  /** Where it draws its picture; `null`: nowhere. */
  readonly picture: string | null
}
