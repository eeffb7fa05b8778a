import { expect, test } from 'vitest'
import { findEventNumbers } from './find-event-numbers.ts'

test('event numbers are found among other records, tombstones and other frames', () => {
  const changes = [
    { record: { id: 'start', data: { kind: 'event' } } },
    { record: { id: 'event-1', data: { event: 1 } } },
    { record: { id: 'event-2', deleted: true } },
    { record: { id: 'event-3', data: { event: 3 } } },
  ]
  expect(findEventNumbers({ changes })).toEqual([1, 3])
  for (const other of [null, {}, { ok: {} }, { changes: 'none' }]) expect(findEventNumbers(other)).toEqual([])
})
