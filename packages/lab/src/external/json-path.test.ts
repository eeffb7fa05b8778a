import { expect, test } from 'vitest'
import { timestampAtPath, valueAtPath } from './json-path.ts'

test('a JSON path leads through objects and lists only', () => {
  const value = { data: { items: [{ at: 5 }] }, text: 'abc' }
  expect(valueAtPath(value, '')).toBe(value)
  expect(valueAtPath(value, 'data.items.0.at')).toBe(5)
  for (const path of ['data.none', 'text.length', 'data.items.1.at', 'constructor', 'data.__proto__'])
    expect([path, valueAtPath(value, path)]).toEqual([path, undefined])
})

test('seconds, milliseconds and ISO 8601, as numbers or as text, are the same moment', () => {
  const moment = Date.parse('2026-01-02T03:04:05Z')
  for (const at of ['2026-01-02T03:04:05Z', moment, moment / 1000, String(moment), String(moment / 1000)])
    expect([at, timestampAtPath({ at }, 'at')]).toEqual([at, moment])
  for (const at of ['yesterday', null, {}, undefined]) expect([at, timestampAtPath({ at }, 'at')]).toEqual([at, null])
})
