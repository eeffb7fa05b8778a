import { describe, expect, test } from 'vitest'
import { LaneMeter } from './lane-meter.ts'

describe('a lane’s meter', () => {
  test('delays run from when an event should have been sent', () => {
    const meter = new LaneMeter()
    for (const [event, dueAt, heardAt] of [
      [1, 100, 110],
      [2, 200, 230],
      [3, 300, 1800],
    ] as const) {
      meter.sent(event, dueAt)
      meter.heard(event, heardAt)
    }
    const { heard, meanMs, medianMs, p99Ms, late } = meter.measures(2000, 2000)
    expect({ heard, meanMs, medianMs, p99Ms, late }).toEqual({
      heard: 3,
      meanMs: 1540 / 3,
      medianMs: 30,
      p99Ms: 1500,
      late: 1,
    })
  })

  test('what nobody waits for counts for nothing: an event of before the start, one that came twice', () => {
    const meter = new LaneMeter()
    meter.sent(1, 0)
    meter.heard(1, 5)
    meter.heard(1, 5000)
    meter.heard(77, 6000)
    expect(meter.measures(6000, 6000)).toMatchObject({ heard: 1, meanMs: 5, late: 0, lost: 0 })
  })

  test('an event that does not come in 10 s is lost, and stays so if it comes after all', () => {
    const meter = new LaneMeter()
    meter.sent(1, 0)
    meter.sent(2, 9000)
    expect(meter.measures(10_000, 10_000).lost).toBe(0)
    expect(meter.measures(10_001, 10_000).lost).toBe(1)
    meter.heard(1, 10_002)
    meter.heard(2, 10_003)
    expect(meter.measures(10_003, 10_000)).toMatchObject({ lost: 1, heard: 1, late: 1 })
  })

  test('requests and their empty share; a connection is no request that could be empty', () => {
    const meter = new LaneMeter()
    expect(meter.measures(0, 0)).toMatchObject({ requests: 0, emptyShare: null })
    meter.connected()
    expect(meter.measures(0, 1000)).toMatchObject({ requests: 1, emptyShare: null })
    for (const answer of ['nothing', 'news', 'nothing', 'nothing'] as const) meter.asked(answer)
    expect(meter.measures(0, 2000)).toMatchObject({ requests: 5, requestsPerSecond: 2.5, emptyShare: 0.75 })
  })

  test('what the browser measured takes the place of the estimate of the same bytes', () => {
    const meter = new LaneMeter()
    meter.sent(1, 0)
    meter.heard(1, 1)
    meter.received(100, 'estimated')
    expect(meter.measures(1, 1000)).toMatchObject({ certainty: 'estimated', bytesPerSecond: 100, bytesPerEvent: 100 })
    meter.received(400, 'measured')
    expect(meter.measures(1, 1000)).toMatchObject({ certainty: 'measured', bytesPerSecond: 400, bytesPerEvent: 400 })
  })

  test('marks are kept for as long as a lane may draw them', () => {
    const meter = new LaneMeter()
    meter.sent(1, 0)
    meter.sent(2, 8000)
    meter.heard(2, 8010)
    expect(meter.marks(9000)).toEqual([
      { dueAt: 0, heardAt: null },
      { dueAt: 8000, heardAt: 8010 },
    ])
    expect(meter.marks(16_000)).toEqual([{ dueAt: 8000, heardAt: 8010 }])
    expect(meter.marks(60_000)).toEqual([])
  })
})
