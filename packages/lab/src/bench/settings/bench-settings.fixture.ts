import type { BenchSettings } from './bench-settings.ts'

/** A run that pins nothing. */
export const benchSettings: BenchSettings = {
  dovetail: '',
  serverCore: null,
  clusterCores: null,
  seconds: 1,
  nodeArgs: [],
  fanOutRates: [100],
  peerRates: [100],
  serverRuntime: null,
  readers: 10,
  beside: null,
  before: null,
  rounds: 1,
  over: null,
  recordSizes: [100],
  purgedRecords: 100,
  picture: null,
}
