import type { BenchSettings } from './bench-settings.ts'

/** A run that pins nothing. */
export const benchSettings: BenchSettings = {
  dovetail: '',
  serverCore: null,
  clusterCores: null,
  seconds: 1,
  nodeArgs: [],
  fanOutRates: [100],
  readers: 10,
  rounds: 1,
}
