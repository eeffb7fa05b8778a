export { epochOf, Nodes, readLog, readPages, revisionOf } from './check/client/nodes.ts'
export type { Complaint, Invariant, RunEvidence } from './check/judge/evidence.ts'
export { findComplaints } from './check/judge/judge.ts'
export type {
  Acknowledged,
  Observation,
  Range,
  Refused,
  ResetNotice,
  Segment,
} from './check/judge/observation.ts'
export { SdkReader } from './check/readers/sdk-reader.ts'
export type { RecoveryWatch } from './check/recovery-watch.ts'
export { type CheckOptions, type CheckResult, runCheck } from './check/run-check.ts'
export { CheckFailure } from './failures/check-failure.ts'
export { SeededRandom } from './random/seeded-random.ts'
