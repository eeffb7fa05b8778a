import { describe, expect, test } from 'vitest'
import { HeldRecords } from './held-records.ts'

const line = (id: string, pos: number, rev: number, text: string | null = `${id}${rev}`) =>
  JSON.stringify(text === null ? { id, pos, rev, deleted: true } : { id, pos, rev, data: { text } })
const record = (id: string, rev: number) => ({ id, rev, data: { text: `${id}${rev}` } })

function taken(...lines: string[]): HeldRecords {
  const held = new HeldRecords()
  for (const each of lines) held.take(each)
  return held
}

describe('what a client under test holds', () => {
  test('is what it printed last of each record, without the deleted ones', () => {
    const held = taken(line('a', 1, 1), line('b', 2, 2), line('a', 1, 3), line('b', 2, 4, null))
    expect([held.complaints, held.differenceFrom([record('a', 3)])]).toEqual([[], null])
    expect(held.has('a3') && !held.has('b2')).toBe(true)
  })

  test('differs where a record lacks, is old, or is not there', () => {
    const held = taken(line('a', 1, 1))
    expect(held.differenceFrom([record('a', 1), record('b', 2)])).toBe('it lacks record b of revision 2')
    expect(held.differenceFrom([record('a', 5)])).toBe('it has record a as of revision 1, and not of 5')
    expect(held.differenceFrom([])).toBe('it has record a, which is not there')
  })

  test('is nothing after a reset, and then revisions count from the beginning', () => {
    const held = taken(line('a', 7, 7), '{"reset":true}', line('b', 1, 1))
    expect([held.complaints, held.differenceFrom([record('b', 1)]), held.resets]).toEqual([[], null, 1])
  })

  test.each([
    ['is printed twice', [line('a', 1, 1), line('a', 1, 1)], 'revision 1 of record a was printed twice'],
    ['goes back', [line('a', 1, 5), line('a', 1, 4)], 'record a went back from revision 5 to 4'],
    ['comes late', [line('b', 2, 2), line('a', 1, 1)], 'the new record of revision 1 came after that of 2'],
    ['is no JSON', ['hello'], 'a line is neither a record nor a reset: hello'],
    ['is no record', ['{"id":"a"}'], 'a line is neither a record nor a reset: {"id":"a"}'],
  ])('is complained of where a line %s', (_what, lines, complaint) => {
    expect(taken(...lines).complaints).toEqual([complaint])
  })
})
