import type { Contender } from './contender.ts'
import { poll } from './poll.ts'
import { pollEtag } from './poll-etag.ts'
import { usualContenders } from './usual-contenders.ts'

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1000 }
const leastMs = 10

/** `sse`, or one with an interval of one's own, `poll:250ms` or `poll-etag:2s`; `null`: there is no such contender. */
export function readContender(text: string): Contender | null {
  const usual = usualContenders.find(({ name }) => name === text)
  if (usual !== undefined) return usual
  const [, kind, number, unit = ''] = /^(poll|poll-etag):(\d+(?:\.\d+)?)(ms|s)$/.exec(text) ?? []
  const intervalMs = Number(number) * (unitMs[unit] ?? 0)
  if (!(intervalMs >= leastMs)) return null
  const name = `${kind}-${number}${unit}`
  return kind === 'poll' ? poll(name, intervalMs) : pollEtag(name, intervalMs)
}
