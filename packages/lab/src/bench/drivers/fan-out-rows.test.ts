import { describe, expect, test } from 'vitest'
import { costRatioRow, faultRows, formatCost } from './fan-out-rows.ts'
import type { FanOutResult } from './firehose.ts'

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
  writeP99: 3,
}

describe('the formatted result of a load', () => {
  test('the result line names the cost, the delays and how busy the load generator was', () => {
    expect(formatCost(result)).toBe(
      '4.00 µs per delivery, 60 % of a core, p50 4.0 ms, p99 20.0 ms, write p99 3.0 ms, 0.0 s late, load generator 50 % busy',
    )
    expect(formatCost({ ...result, parts: { nodes: 3, redis: 1 } })).toContain('(nodes 3.00, redis 1.00)')
  })

  test('the result line says if the load generator was the bottleneck', () => {
    expect(formatCost({ ...result, generator: 0.95 })).toContain('THE LOAD GENERATOR WAS THE BOTTLENECK (95 % busy)')
    expect(formatCost({ ...result, generator: 0.95, load: 0.99 })).toContain(
      'SERVER AND LOAD GENERATOR WERE AT THEIR LIMITS',
    )
  })

  test('the result line says if the machine was busy with other work', () => {
    expect(formatCost({ ...result, others: 1.2 })).toContain('OTHER WORK TOOK 120 % OF A CORE')
  })

  test('the result line says that a candidate with lost deliveries is no measure for others', () => {
    expect(formatCost({ ...result, lost: 7 })).toContain('LOST 7 DELIVERIES')
  })

  test('the cost row is a ratio to another candidate of the same run', () => {
    const row = costRatioRow(result, { ...result, name: 'plain ws', cpu: 8 }, { limit: 0.5, aim: 0.4 })
    expect(row).toMatchObject({ value: 0.5, limit: 0.5, aim: 0.4 })
    expect(row.title).toBe('300 msg/s: CPU per delivery of dovetail, to plain ws')
  })

  test('the fault rows allow no fault', () => {
    const faulty = { ...result, lost: 1, repeated: 2, reordered: 3 }
    expect(faultRows([result, faulty])).toMatchObject([
      { value: 0, limit: 0 },
      { value: 6, limit: 0 },
    ])
  })
})
