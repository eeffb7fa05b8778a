import { expect, test } from 'vitest'
import { findCandidate } from './find-candidate.ts'
import { standardCandidates } from './standard-candidates.ts'

test('findCandidate finds the seven standard candidates by name', () => {
  const names = ['poll-5s', 'poll-1s', 'poll-100ms', 'poll-etag', 'long-poll', 'sse', 'websocket']
  expect(standardCandidates.map(({ name }) => name)).toEqual(names)
  for (const name of names) expect(findCandidate(name)?.name).toBe(name)
})

test('findCandidate accepts any poll interval', () => {
  const of = (text: string) => {
    const found = findCandidate(text)
    return found === null ? null : [found.name, found.kind, found.staleMs]
  }
  expect(of('poll:250ms')).toEqual(['poll-250ms', 'poll', 250])
  expect(of('poll:1.5s')).toEqual(['poll-1.5s', 'poll', 1500])
  expect(of('poll-etag:10s')).toEqual(['poll-etag-10s', 'poll', 10_000])
  for (const text of ['poll', 'poll:', 'poll:5', 'poll:9ms', 'sse:1s', 'poll:-1s', 'toString'])
    expect([text, of(text)]).toEqual([text, null])
})
