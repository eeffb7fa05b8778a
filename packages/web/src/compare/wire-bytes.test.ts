import { expect, test } from 'vitest'
import { laneOf } from './wire-bytes.ts'

const channel = 'game:compare-1'
const address = (query: string, of = channel) => `http://here/v1/channels/${encodeURIComponent(of)}/changes?${query}`

test('a request is counted on the lane that made it', () => {
  expect(laneOf(address('after=e.1&limit=499'), channel)).toBe('poll')
  expect(laneOf(address('after=e.1&limit=498'), channel)).toBe('poll-etag')
  expect(laneOf(address('after=e.1&wait=25&limit=497'), channel)).toBe('long-poll')
})

test('other requests are on none: a stream, the page’s own long-poll, another channel, another path', () => {
  expect(laneOf(address('after=e.1'), channel)).toBeNull()
  expect(laneOf(address('after=e.1&wait=25'), channel)).toBeNull()
  expect(laneOf(address('after=e.1&limit=499', 'game:compare-2'), channel)).toBeNull()
  expect(laneOf('http://here/v1/limits?limit=499', channel)).toBeNull()
})
