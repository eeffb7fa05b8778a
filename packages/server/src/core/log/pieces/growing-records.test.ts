import { describe, expect, test } from 'vitest'
import type { StoredRecord } from '../../../ports/stored-record.ts'
import { storedMessage } from '../feeds/record.fixture.ts'
import { AnnouncedPieces } from './announced-pieces.ts'
import { GrowingRecords } from './growing-records.ts'

/** A record as its append leaves it. */
function grown(rev: number, from: number, text: string, added: string, id = 'a'): StoredRecord {
  const pieces = [{ path: '/text', at: text.length - added.length, value: added }]
  return { ...storedMessage(rev, id, text), growth: { from, pieces } }
}
const bare = (record: StoredRecord): StoredRecord => ({ ...record, data: '' })

describe('pieces between nodes', () => {
  test('[APP10] a piece is notified of alone where this node notified of the append before it', () => {
    const announced = new AnnouncedPieces()
    const short = (record: StoredRecord) => announced.shortened('chat:a', 'e', [record])[0]?.data === ''
    expect(short(grown(2, 1, 'ab', 'b'))).toBe(false)
    expect(short(grown(3, 2, 'abc', 'c'))).toBe(true)
    expect(short(grown(5, 4, 'xyz', 'z'))).toBe(false)
    expect(short(grown(6, 5, 'xyz!', '!', 'b'))).toBe(false)
    expect(announced.shortened('chat:a', 'e', [storedMessage(7)])[0]?.data).toBe('{"text":""}')
  })

  test('[APP10] a piece is added to the record that is known', () => {
    const growing = new GrowingRecords()
    growing.wholeOf(grown(2, 1, 'ab', 'b'))
    expect(growing.wholeOf(bare(grown(3, 2, 'abc', 'c')))).toEqual(grown(3, 2, 'abc', 'c'))
    expect(growing.wholeOf(bare(grown(4, 3, 'abcd', 'd')))?.data).toBe('{"text":"abcd"}')
  })

  test('[APP10] where nothing fits, the store has to be read, and what it gives is known from then on', () => {
    const growing = new GrowingRecords()
    expect(growing.wholeOf(bare(grown(3, 2, 'abc', 'c')))).toBeNull()
    expect(growing.wholeOf(storedMessage(3, 'a', 'abc'))?.data).toBe('{"text":"abc"}')
    expect(growing.wholeOf(bare(grown(4, 3, 'abcd', 'd')))?.data).toBe('{"text":"abcd"}')
    expect(growing.wholeOf(bare(grown(6, 5, 'abcdef', 'f')))).toBeNull()
    growing.wholeOf(storedMessage(6, 'a', 'other'))
    expect(growing.wholeOf(bare(grown(7, 6, 'abcdefg', 'g')))).toBeNull()
  })

  test('[APP10] a deleted record is forgotten, and no more than some are known', () => {
    const growing = new GrowingRecords()
    growing.wholeOf(grown(2, 1, 'ab', 'b'))
    growing.wholeOf({ ...storedMessage(3, 'a'), deleted: true, data: '' })
    expect(growing.wholeOf(bare(grown(4, 3, 'x', 'x')))).toBeNull()
    for (let rev = 10; rev < 30; rev++) growing.wholeOf(grown(rev, 1, 'ab', 'b', `r${rev}`))
    expect(growing.wholeOf(bare(grown(40, 10, 'abc', 'c', 'r10')))).toBeNull()
    expect(growing.wholeOf(bare(grown(41, 29, 'abc', 'c', 'r29')))?.data).toBe('{"text":"abc"}')
  })
})
