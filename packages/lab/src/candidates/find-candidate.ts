import type { Candidate } from './candidate.ts'
import { poll } from './poll.ts'
import { pollEtag } from './poll-etag.ts'
import { standardCandidates } from './standard-candidates.ts'

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1000 }
const leastMs = 10

/** `sse`, or a poll with an interval, `poll:250ms` or `poll-etag:2s`; `null`: there is no such candidate. */
export function findCandidate(text: string): Candidate | null {
  const usual = standardCandidates.find(({ name }) => name === text)
  if (usual !== undefined) return usual
  const [, kind, number, unit = ''] = /^(poll|poll-etag):(\d+(?:\.\d+)?)(ms|s)$/.exec(text) ?? []
  const intervalMs = Number(number) * (unitMs[unit] ?? 0)
  if (!(intervalMs >= leastMs)) return null
  const name = `${kind}-${number}${unit}`
  return kind === 'poll' ? poll(name, intervalMs) : pollEtag(name, intervalMs)
}
