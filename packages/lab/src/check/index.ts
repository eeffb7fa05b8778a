export { CheckFailure } from './check-failure.ts'
export { Dice } from './dice.ts'
export type { Complaint, Invariant } from './judge.ts'
export { type CheckOptions, type CheckResult, runCheck } from './run-check.ts'
