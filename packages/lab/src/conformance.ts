export { type CaseName, caseNames } from './conformance/cases/cases.ts'
export { type CaseResult, type ConformanceOptions, runConformance } from './conformance/run-conformance.ts'
