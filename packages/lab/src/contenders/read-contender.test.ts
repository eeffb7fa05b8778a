import { expect, test } from 'vitest'
import { readContender } from './read-contender.ts'
import { usualContenders } from './usual-contenders.ts'

test('the usual seven by their names', () => {
  const names = ['poll-5s', 'poll-1s', 'poll-100ms', 'poll-etag', 'long-poll', 'sse', 'websocket']
  expect(usualContenders.map(({ name }) => name)).toEqual(names)
  for (const name of names) expect(readContender(name)?.name).toBe(name)
})

test('any interval besides', () => {
  const of = (text: string) => {
    const found = readContender(text)
    return found === null ? null : [found.name, found.kind, found.staleMs]
  }
  expect(of('poll:250ms')).toEqual(['poll-250ms', 'poll', 250])
  expect(of('poll:1.5s')).toEqual(['poll-1.5s', 'poll', 1500])
  expect(of('poll-etag:10s')).toEqual(['poll-etag-10s', 'poll', 10_000])
  for (const text of ['poll', 'poll:', 'poll:5', 'poll:9ms', 'sse:1s', 'poll:-1s', 'toString'])
    expect([text, of(text)]).toEqual([text, null])
})
