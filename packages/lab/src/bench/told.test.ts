import { describe, expect, test } from 'vitest'
import type { FanOutResult } from './pour.ts'
import { costOf, faults, ratio } from './told.ts'

const result: FanOutResult = {
  name: 'dovetail',
  perSecond: 300,
  received: 1000,
  lost: 0,
  repeated: 0,
  reordered: 0,
  p50: 4,
  p99: 20,
  max: 30,
  cpu: 4,
  load: 0.6,
  late: 0,
  generator: 0.5,
  others: 0.05,
  parts: {},
  flushes: null,
  requests: null,
}

describe('a load that is told', () => {
  test('names its cost, its delays and how busy the load generator was', () => {
    expect(costOf(result)).toBe(
      '4.00 µs per delivery, 60 % of a core, p50 4.0 ms, p99 20.0 ms, 0.0 s late, load generator 50 % busy',
    )
    expect(costOf({ ...result, parts: { nodes: 3, redis: 1 } })).toContain('(nodes 3.00, redis 1.00)')
  })

  test('says where the load generator was what limited it', () => {
    expect(costOf({ ...result, generator: 0.95 })).toContain('THE LOAD GENERATOR WAS THE BOTTLENECK (95 % busy)')
    expect(costOf({ ...result, generator: 0.95, load: 0.99 })).toContain(
      'SERVER AND LOAD GENERATOR WERE AT THEIR LIMITS',
    )
  })

  test('says where the machine had much else to do', () => {
    expect(costOf({ ...result, others: 1.2 })).toContain('OTHER WORK TOOK 120 % OF A CORE')
  })

  test('says that what lost deliveries is no measure for others', () => {
    expect(costOf({ ...result, lost: 7 })).toContain('LOST 7 DELIVERIES')
  })

  test('is a ratio to another one of the same run', () => {
    const row = ratio(result, { ...result, name: 'plain ws', cpu: 8 }, { limit: 0.5, aim: 0.4 })
    expect(row).toMatchObject({ value: 0.5, limit: 0.5, aim: 0.4 })
    expect(row.title).toBe('300 msg/s: CPU per delivery of dovetail, to plain ws')
  })

  test('allows no fault', () => {
    const faulty = { ...result, lost: 1, repeated: 2, reordered: 3 }
    expect(faults([result, faulty])).toMatchObject([
      { value: 0, limit: 0 },
      { value: 6, limit: 0 },
    ])
  })
})
