import { expect, test } from 'vitest'
import { jsonAt, stampAt } from './json-at.ts'

test('a path leads through objects and lists, and nowhere else', () => {
  const value = { data: { items: [{ at: 5 }] }, text: 'abc' }
  expect(jsonAt(value, '')).toBe(value)
  expect(jsonAt(value, 'data.items.0.at')).toBe(5)
  for (const path of ['data.none', 'text.length', 'data.items.1.at', 'constructor', 'data.__proto__'])
    expect([path, jsonAt(value, path)]).toEqual([path, undefined])
})

test('seconds, milliseconds and ISO 8601, as numbers or as text, are the same moment', () => {
  const moment = Date.parse('2026-01-02T03:04:05Z')
  for (const at of ['2026-01-02T03:04:05Z', moment, moment / 1000, String(moment), String(moment / 1000)])
    expect([at, stampAt({ at }, 'at')]).toEqual([at, moment])
  for (const at of ['yesterday', null, {}, undefined]) expect([at, stampAt({ at }, 'at')]).toEqual([at, null])
})
