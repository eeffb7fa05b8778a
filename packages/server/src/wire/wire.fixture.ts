/** Records, changes, presence and refusals in both forms: as the builders take them, and as values of the JSON. */
import type { LiveRecord } from 'dovetail-protocol'
import type { TSchema } from 'typebox'
import { Compile } from 'typebox/compile'
import { expect } from 'vitest'
import type { StoredRecord } from '../ports/stored-record.ts'
import { encodePresent, signalFrame } from './frames.ts'
import { encodeJson, encodeList, type JsonText, storedJson } from './json-text.ts'
import type { Refusal } from './problem.ts'
import { encodeChange, encodeRecord } from './record.ts'

export const channel = 'chat:general'
export const data = { text: 'quotes " and \\ and \u2028', nested: [{ a: null }] }
export const time = '1970-01-01T00:00:00.007Z'
export const stored: StoredRecord = {
  collection: 'messages',
  id: 'r1',
  pos: 1,
  rev: 3,
  author: 'ana',
  createdAt: 7,
  updatedAt: 7,
  deleted: false,
  data: JSON.stringify(data),
}
export const tombstone: StoredRecord = { ...stored, id: 'r2', rev: 4, deleted: true, data: '' }
export const shown = { id: 'r1', pos: 1, rev: 3, author: 'ana', createdAt: time, updatedAt: time, data }
export const truncated = { ...shown, data: undefined, truncated: true }
export const deletedRecord = { id: 'r2', pos: 1, rev: 4, deleted: true }
export const change = { collection: 'messages', record: shown }
export const deletion = { collection: 'messages', record: deletedRecord }
export const changes = [encodeChange(stored), encodeChange(tombstone)]
export const here = { user: 'ana', since: 7, state: encodeJson({ typing: true }) }
export const away = { user: 'bob', since: 7, state: null }
export const hereShown = { user: 'ana', since: time, state: { typing: true } }
export const awayShown = { user: 'bob', since: time }
export const present = encodeList([encodePresent(here), encodePresent(away)])
export const signal = signalFrame({ channel, type: 'typing', data: storedJson(stored.data), user: 'ana' })
export const signalShown = { op: 'signal', channel, type: 'typing', data, user: 'ana' }
export const plain: Refusal = { code: 'forbidden', message: 'No "way".', extras: {} }
export const full: Refusal = {
  code: 'rev_mismatch',
  message: 'It moved.',
  extras: {
    retryAfter: 2,
    errors: [{ pointer: '/a', message: 'No.' }],
    current: encodeRecord(stored),
    reason: 'expired',
    cursor: 'e.4',
  },
}
export const snapshot = new Map([
  ['messages', { records: [storedJson<LiveRecord>(encodeRecord(stored))], before: null }],
])

/** Expects that the text is JSON, fits the schema and has the value `expected`. */
export function expectFits(schema: TSchema, text: JsonText, expected: unknown): void {
  const value = JSON.parse(text)
  const validator = Compile(schema)
  expect(validator.Check(value), JSON.stringify(validator.Errors(value))).toBe(true)
  expect(value).toEqual(expected)
}
