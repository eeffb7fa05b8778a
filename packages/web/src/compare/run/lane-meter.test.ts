import { describe, expect, test } from 'vitest'
import { LaneMeter } from './lane-meter.ts'

describe('a lane’s meter', () => {
  test('delays run from when an event was due', () => {
    const meter = new LaneMeter()
    for (const [event, dueAt, deliveredAt] of [
      [1, 100, 110],
      [2, 200, 230],
      [3, 300, 1800],
    ] as const) {
      meter.sent(event, dueAt)
      meter.delivered(event, deliveredAt)
    }
    const { delivered, meanMs, medianMs, p99Ms, late } = meter.measures(2000, 2000)
    expect({ delivered, meanMs, medianMs, p99Ms, late }).toEqual({
      delivered: 3,
      meanMs: 1540 / 3,
      medianMs: 30,
      p99Ms: 1500,
      late: 1,
    })
  })

  test('events from before the start and repeats are ignored', () => {
    const meter = new LaneMeter()
    meter.sent(1, 0)
    meter.delivered(1, 5)
    meter.delivered(1, 5000)
    meter.delivered(77, 6000)
    expect(meter.measures(6000, 6000)).toMatchObject({ delivered: 1, meanMs: 5, late: 0, lost: 0 })
  })

  test('an event that does not arrive within 10 s is lost, and stays lost if it arrives later', () => {
    const meter = new LaneMeter()
    meter.sent(1, 0)
    meter.sent(2, 9000)
    expect(meter.measures(10_000, 10_000).lost).toBe(0)
    expect(meter.measures(10_001, 10_000).lost).toBe(1)
    meter.delivered(1, 10_002)
    meter.delivered(2, 10_003)
    expect(meter.measures(10_003, 10_000)).toMatchObject({ lost: 1, delivered: 1, late: 1 })
  })

  test('the empty share counts replies without events, and no connections', () => {
    const meter = new LaneMeter()
    expect(meter.measures(0, 0)).toMatchObject({ requests: 0, emptyShare: null })
    meter.connected()
    expect(meter.measures(0, 1000)).toMatchObject({ requests: 1, emptyShare: null })
    for (const answer of ['nothing', 'news', 'nothing', 'nothing'] as const) meter.answered(answer)
    expect(meter.measures(0, 2000)).toMatchObject({ requests: 5, requestsPerSecond: 2.5, emptyShare: 0.75 })
  })

  test('measured bytes replace the estimate of the same bytes', () => {
    const meter = new LaneMeter()
    meter.sent(1, 0)
    meter.delivered(1, 1)
    meter.received(100, 'estimated')
    expect(meter.measures(1, 1000)).toMatchObject({ certainty: 'estimated', bytesPerSecond: 100, bytesPerEvent: 100 })
    meter.received(400, 'measured')
    expect(meter.measures(1, 1000)).toMatchObject({ certainty: 'measured', bytesPerSecond: 400, bytesPerEvent: 400 })
  })

  test('marks are kept while a lane may draw them', () => {
    const meter = new LaneMeter()
    meter.sent(1, 0)
    meter.sent(2, 8000)
    meter.delivered(2, 8010)
    expect(meter.marks(9000)).toEqual([
      { dueAt: 0, deliveredAt: null },
      { dueAt: 8000, deliveredAt: 8010 },
    ])
    expect(meter.marks(16_000)).toEqual([{ dueAt: 8000, deliveredAt: 8010 }])
    expect(meter.marks(60_000)).toEqual([])
  })
})
