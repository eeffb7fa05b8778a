import { expect, test } from 'vitest'
import { laneOf } from './watch-transfer-size.ts'

const channel = 'game:compare-1'
const address = (query: string, of = channel) => `http://here/v1/channels/${encodeURIComponent(of)}/changes?${query}`

test('transferred bytes are counted on the lane whose request it was', () => {
  expect(laneOf(address('after=e.1&limit=499'), channel)).toBe('poll')
  expect(laneOf(address('after=e.1&limit=498'), channel)).toBe('poll-etag')
  expect(laneOf(address('after=e.1&wait=25&limit=497'), channel)).toBe('long-poll')
})

test('transferred bytes of streams, other channels and other paths are counted on no lane', () => {
  expect(laneOf(address('after=e.1'), channel)).toBeNull()
  expect(laneOf(address('after=e.1&wait=25'), channel)).toBeNull()
  expect(laneOf(address('after=e.1&limit=499', 'game:compare-2'), channel)).toBeNull()
  expect(laneOf('http://here/v1/limits?limit=499', channel)).toBeNull()
})
