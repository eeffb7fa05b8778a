import { expect, test } from 'vitest'
import type { FanOutResult } from '../drivers/firehose.ts'
import { compareRounds } from './peers.ts'

const round = (name: string, p50: number, cpu: number): FanOutResult => ({
  name,
  perSecond: 100,
  p50,
  p99: p50 * 2,
  max: p50 * 3,
  cpu,
  writeP99: p50,
  received: 100,
  lost: 0,
  repeated: 0,
  reordered: 0,
  load: 0.1,
  late: 0,
  generator: 0.1,
  others: null,
  parts: {},
  flushes: null,
  requests: null,
})

test('ratios are of the medians, with the spread of the rounds and the limits beside Centrifugo', () => {
  const rows = compareRounds(
    [round('dovetail', 3, 2), round('dovetail', 4, 3), round('dovetail', 9, 9)],
    [round('centrifugo', 3, 4), round('centrifugo', 5, 6), round('centrifugo', 6, 3)],
  )
  expect(rows.map(({ title, value, limit }) => [title, value, limit])).toEqual([
    ['100 msg/s: delivery p50 of dovetail, to centrifugo', 0.8, 1.1],
    ['100 msg/s: delivery p99 of dovetail, to centrifugo', 0.8, 1.1],
    ['100 msg/s: CPU per delivery of dovetail, to centrifugo', 0.75, 0.85],
    ['100 msg/s: acknowledged write p99 of dovetail, to centrifugo', 0.8, 1.5],
  ])
  expect(rows[0]?.detail).toBe('4.00 to 5.00 ms, 0.80 to 1.50 over 3 rounds')
})

test('the comparison with Bun has aims and no limits, other comparisons have neither', () => {
  const rows = compareRounds([round('dovetail', 4, 3)], [round('bun', 4, 3)])
  expect(rows.map(({ limit, aim }) => [limit, aim])).toEqual([
    [null, 1.2],
    [null, undefined],
    [null, 1.2],
    [null, undefined],
  ])
  expect(compareRounds([round('dovetail', 4, 3)], [round('socket.io', 4, 3)])[0]).toMatchObject({
    limit: null,
    aim: undefined,
  })
})
