import { describe, expect, test } from 'vitest'
import { formatJson, type Row, table, verdict } from './report.ts'

const row: Row = { title: 'a', value: 0.8, unit: 'times', limit: 0.8, detail: '4 to 5' }

describe('the report', () => {
  test('a value equal to its limit meets the limit', () => {
    expect(verdict(row)).toBe('met')
    expect(verdict({ ...row, value: 0.81 })).toBe('not met')
    expect(verdict({ ...row, limit: null })).toBe('no limit')
  })

  test('prints each row with its limit and verdict, as a table and as JSON', () => {
    const rows = [row, { ...row, title: 'longer', value: 112_345, limit: null, unit: 'per s' } as const]
    expect(table(rows).split('\n')).toEqual([
      'a       0.800 times   ≤ 0.8  met  4 to 5',
      'longer  112345 per s              4 to 5',
    ])
    expect(JSON.parse(formatJson(rows)).rows.map((each: { verdict: string }) => each.verdict)).toEqual([
      'met',
      'no limit',
    ])
  })

  test('the report shows an aim beside the limit, and whether it was reached', () => {
    const rows = [
      { ...row, aim: 0.9 },
      { ...row, aim: 0.7 },
    ]
    expect(table(rows).split('\n')).toEqual([
      'a  0.800 times  ≤ 0.8  met  aim ≤ 0.9 reached      4 to 5',
      'a  0.800 times  ≤ 0.8  met  aim ≤ 0.7 not reached  4 to 5',
    ])
  })
})
