export { behindFront, findFront } from './candidates/behind-front.ts'
export { type Candidate, frontNames } from './candidates/candidate.ts'
export { findCandidate } from './candidates/find-candidate.ts'
export { standardCandidates } from './candidates/standard-candidates.ts'
export type { CompareOptions, Progress } from './compare/compare-options.ts'
export type { CompareResult } from './compare/compare-result.ts'
export {
  type CandidateResult,
  caveatTexts,
} from './compare/results/candidate-result.ts'
export { LatencyHistogram } from './compare/rounds/latency-histogram.ts'
export type { RoundOptions } from './compare/rounds/round-options.ts'
export type { RoundResult } from './compare/rounds/round-result.ts'
export { runRound } from './compare/rounds/run-round.ts'
export { runCompare } from './compare/run-compare.ts'
export { openPublisher, type Publisher } from './compare/targets/publisher.ts'
export { type SpawnedTarget, spawnTarget } from './compare/targets/spawned-target.ts'
export type { Prices } from './compare/verdict/cost.ts'
export { defaultPrices, formatCost, hourlyCost, shownClientHours } from './compare/verdict/cost.ts'
export {
  formatBytes,
  formatMilliseconds,
  formatNumber,
  formatPercent,
} from './compare/verdict/format.ts'
export {
  type ExternalHttpOptions,
  externalHttp,
} from './external/external-http.ts'
export type { ExternalSource } from './external/external-source.ts'
export { externalWebSocket } from './external/external-websocket.ts'
export { CompareFailure } from './failures/compare-failure.ts'
export { SeededRandom } from './random/seeded-random.ts'
export { reportPage } from './report/report-page.ts'
export { parseEndpoint } from './traffic/endpoint.ts'
export { Traffic } from './traffic/traffic.ts'
export { WebSocketConnection } from './traffic/websocket-connection.ts'
export { steadyArrivals } from './workloads/arrivals.ts'
export { parseWorkload } from './workloads/parse-workload.ts'
export { standardWorkloads } from './workloads/standard-workloads.ts'
export type { Workload } from './workloads/workload.ts'
