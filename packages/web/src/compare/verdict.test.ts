import { expect, test } from 'vitest'
import type { Measures } from './run/lane-meter.ts'
import { verdict } from './verdict.ts'

const settings = { rate: 1, payload: 200, intervalMs: 1000 }

function measured(some: Partial<Measures>): Measures {
  return {
    delivered: 100,
    meanMs: 10,
    medianMs: 10,
    p99Ms: 20,
    requests: 1,
    requestsPerSecond: 0,
    emptyShare: null,
    bytesPerSecond: 500,
    bytesPerEvent: 500,
    certainty: 'estimated',
    buckets: [],
    late: 0,
    lost: 0,
    ...some,
  }
}

const polled = measured({ meanMs: 512, emptyShare: 0.37, bytesPerSecond: 1024 })
const measures = {
  poll: polled,
  'poll-etag': measured({ meanMs: 512, bytesPerSecond: 900 }),
  'long-poll': measured({ meanMs: 11, bytesPerSecond: 800 }),
  sse: measured({ meanMs: 9 }),
  websocket: measured({ meanMs: 8, bytesPerSecond: 450 }),
}

test('the verdict waits for enough events on every lane', () => {
  expect(verdict(settings, { ...measures, sse: measured({ delivered: 2 }) })).toBe(
    'Measuring: 2 of 5 events have come on every lane.',
  )
})

test('the verdict says what polling costs in time and empty requests, and what pushing saves', () => {
  expect(verdict(settings, measures)).toBe(
    'At 1 event/s of 200 B, polling every 1 s is on average 512 ms late and 37 % of its requests are empty; ' +
      'WebSocket is 8 ms late and asks for nothing. Pushing pays here: “WebSocket” takes the fewest bytes ' +
      '(450 B/s, 2.3 times less than polling) and nobody waits for an interval.',
  )
})

test('the verdict is polling if each poll brings many events for fewer bytes', () => {
  const rare = { ...measures, 'poll-etag': measured({ meanMs: 2600, bytesPerSecond: 200 }) }
  expect(verdict({ ...settings, rate: 10, intervalMs: 5000 }, rare)).toMatch(
    /^At 10 events\/s of 200 B, polling every 5 s .* Where 2\.6 s is soon enough, “Poll with ETag” is the right choice here: 200 B\/s against 450 B\/s\.$/,
  )
})

test('the verdict is not polling if it saves less than a fifth of the bytes', () => {
  const near = { ...measures, poll: measured({ meanMs: 512, bytesPerSecond: 400, emptyShare: 0 }) }
  expect(verdict(settings, near)).toContain(
    '“Poll” takes the fewest bytes (400 B/s), “WebSocket” is the soonest (8 ms)',
  )
})
