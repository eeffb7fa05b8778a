import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { StoredRecord } from '../ports/stored-record.ts'
import { makeRanges, type Range, Tail, type TailBounds } from './tail.ts'

const wide: TailBounds = { entries: 100, bytes: 100_000, frameBytes: 100_000 }

function record(rev: number, id = `r${rev}`, text = ''): StoredRecord {
  return {
    collection: 'messages',
    id,
    pos: rev,
    rev,
    author: 'ana',
    createdAt: 0,
    updatedAt: 0,
    deleted: false,
    data: JSON.stringify({ text }),
  }
}

function tailOf(records: readonly StoredRecord[], bounds: Partial<TailBounds> = {}, start = 0): Tail {
  const tail = new Tail('chat:a', start, { ...wide, ...bounds })
  for (const each of records) tail.push(each, each.rev)
  return tail
}

function revsOf(range: Range): number[] {
  const { changes } = JSON.parse(range.frame.json) as { changes: { record: { rev: number } }[] }
  return changes.map((change) => change.record.rev)
}

describe('tail', () => {
  test('[PRM3] gives each record once, in its latest state, in rising revision', () => {
    const tail = tailOf([record(1, 'a'), record(2, 'b'), record(3, 'a'), record(4, 'c'), record(5, 'b')])
    expect(tail.ranges(0, 5, 'e').map(revsOf)).toEqual([[3, 4, 5]])
    expect(tail.ranges(0, 4, 'e').map(revsOf)).toEqual([[2, 3, 4]])
    expect(tail.ranges(3, 5, 'e').map(revsOf)).toEqual([[4, 5]])
  })

  test('records of one id in two collections are two', () => {
    const other = { ...record(2, 'a'), collection: 'reactions' }
    expect(
      tailOf([record(1, 'a'), other])
        .ranges(0, 2, 'e')
        .map(revsOf),
    ).toEqual([[1, 2]])
  })

  test('a range that holds nothing is empty and moves the reader', () => {
    const [range] = tailOf([record(1)]).ranges(1, 4, 'e')
    expect(range).toMatchObject({ from: 1, to: 4 })
    expect(range === undefined ? null : revsOf(range)).toEqual([])
  })

  test('[WSK21] tells the epoch where the reader had nothing, and only there', () => {
    const tail = tailOf([record(1), record(2)])
    expect(JSON.parse(tail.ranges(0, 2, 'e')[0]?.frame.json ?? '')).toMatchObject({ from: 0, to: 2, epoch: 'e' })
    expect(JSON.parse(tail.ranges(1, 2, 'e')[0]?.frame.json ?? '')).not.toHaveProperty('epoch')
  })

  test('readers at one cursor share the frames, and the cursor stands with them', () => {
    const tail = tailOf([record(1), record(2)])
    expect(tail.ranges(0, 2, 'e')).toBe(tail.ranges(0, 2, 'e'))
    expect(tail.ranges(1, 2, 'e')[0]?.frame.cursor).toBe('e.2')
    tail.push(record(3), 3)
    expect(tail.ranges(0, 3, 'e').map(revsOf)).toEqual([[1, 2, 3]])
  })

  test('keeps what live readers were not sent yet, whatever its bounds say', () => {
    const tail = new Tail('chat:a', 0, { ...wide, entries: 2 })
    for (let rev = 1; rev <= 20; rev++) tail.push(record(rev), 3)
    expect([tail.covers(3), tail.covers(2)]).toEqual([true, false])
    expect(tail.ranges(3, 20, 'e').flatMap(revsOf)).toEqual(Array.from({ length: 17 }, (_, i) => i + 4))
    tail.push(record(21), 20)
    expect([tail.covers(19), tail.covers(18)]).toEqual([true, false])
  })

  test('covers a reader from its start on, and no longer one whose changes were dropped', () => {
    const tail = tailOf([], {}, 7)
    expect([6, 7, 8].map((from) => tail.covers(from))).toEqual([false, true, true])
    const full = tailOf(
      Array.from({ length: 25 }, (_, i) => record(i + 1)),
      { entries: 10 },
    )
    expect(full.covers(10)).toBe(false)
    expect(full.covers(11)).toBe(true)
    expect(full.ranges(15, 25, 'e').flatMap(revsOf)).toEqual([16, 17, 18, 19, 20, 21, 22, 23, 24, 25])
  })

  test('is bounded in number and in bytes, whatever comes', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat({ max: 3000 }), { maxLength: 60 }),
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 400, max: 5000 }),
        (sizes, entries, bytes) => {
          const tail = new Tail('chat:a', 0, { entries, bytes, frameBytes: 100_000 })
          sizes.forEach((size, i) => {
            tail.push(record(i + 1, `r${i}`, 'x'.repeat(size)), i + 1)
          })
          const first = [...sizes.keys(), sizes.length].find((from) => tail.covers(from)) ?? Number.NaN
          const held = tail.ranges(first, sizes.length, 'e').flatMap(revsOf)
          // All from the first that it covers is there, and that is no more than twice the bounds.
          expect(held).toEqual(sizes.map((_size, i) => i + 1).slice(first))
          expect(held.length).toBeLessThanOrEqual(entries * 2)
          const text = sizes.slice(first).reduce((sum, size) => sum + size, 0)
          expect(text).toBeLessThanOrEqual(bytes * 2)
        },
      ),
    )
  })
})

describe('ranges', () => {
  test('[LIM9] join from the first to the last, each under the bound or a single change', () => {
    const change = fc.record({ gap: fc.integer({ min: 1, max: 4 }), size: fc.nat({ max: 400 }) })
    fc.assert(
      fc.property(
        fc.array(change, { maxLength: 40 }),
        fc.nat({ max: 9 }),
        fc.nat({ max: 9 }),
        fc.integer({ min: 520, max: 2000 }),
        (steps, from, rest, bound) => {
          let rev = from
          const changes = steps.map(({ gap, size }) => {
            rev += gap
            return { rev, text: JSON.stringify({ record: { rev }, text: 'é'.repeat(size) }) }
          })
          const to = rev + rest
          const ranges = makeRanges('chat:a', from, to, 'e', changes, bound)
          expect(ranges[0]?.from).toBe(from)
          expect(ranges.at(-1)?.to).toBe(to)
          ranges.slice(1).forEach((range, i) => {
            expect(range.from).toBe(ranges[i]?.to)
          })
          expect(ranges.flatMap(revsOf)).toEqual(changes.map((each) => each.rev))
          for (const range of ranges) {
            for (const each of revsOf(range)) expect(each > range.from && each <= range.to).toBe(true)
            if (revsOf(range).length > 1) expect(Buffer.byteLength(range.frame.json)).toBeLessThanOrEqual(bound)
          }
        },
      ),
    )
  })
})
