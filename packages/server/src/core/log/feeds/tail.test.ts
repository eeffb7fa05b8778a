import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { StoredRecord } from '../../../ports/stored-record.ts'
import type { Range } from './range.ts'
import { storedMessage } from './record.fixture.ts'
import { Tail, type TailBounds } from './tail.ts'

const wide: TailBounds = { entries: 100, bytes: 100_000, frameBytes: 100_000 }

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
    const tail = tailOf([
      storedMessage(1, 'a'),
      storedMessage(2, 'b'),
      storedMessage(3, 'a'),
      storedMessage(4, 'c'),
      storedMessage(5, 'b'),
    ])
    expect(tail.ranges(0, 5, 'e').map(revsOf)).toEqual([[3, 4, 5]])
    expect(tail.ranges(0, 4, 'e').map(revsOf)).toEqual([[2, 3, 4]])
    expect(tail.ranges(3, 5, 'e').map(revsOf)).toEqual([[4, 5]])
  })

  test('[PRM3, D1] a reader that keeps up gets every state of a record, in ranges that hold it once each', () => {
    const tail = tailOf([
      storedMessage(1, 'a'),
      storedMessage(2, 'b'),
      storedMessage(3, 'a'),
      storedMessage(4, 'a'),
      storedMessage(5, 'b'),
    ])
    expect(tail.liveRanges(0, 5, 'e').map(revsOf)).toEqual([[1, 2], [3], [4, 5]])
    expect(tail.liveRanges(0, 5, 'e').map(({ from, to }) => [from, to])).toEqual([
      [0, 2],
      [2, 3],
      [3, 5],
    ])
    expect(tail.liveRanges(3, 5, 'e')).toBe(tail.ranges(3, 5, 'e'))
  })

  test('[PRM3] a reader that keeps up gets the last state only where the collection delivers the latest', () => {
    const tail = new Tail('chat:a', 0, wide)
    for (const rev of [1, 2, 3]) tail.push(storedMessage(rev, 'price'), 0, true)
    expect(tail.liveRanges(0, 3, 'e').map(revsOf)).toEqual([[3]])
  })

  test('keeps records of one id in two collections apart', () => {
    const other = { ...storedMessage(2, 'a'), collection: 'reactions' }
    expect(
      tailOf([storedMessage(1, 'a'), other])
        .ranges(0, 2, 'e')
        .map(revsOf),
    ).toEqual([[1, 2]])
  })

  test('gives an empty range that moves the cursor where nothing changed in it', () => {
    const [range] = tailOf([storedMessage(1)]).ranges(1, 4, 'e')
    expect(range).toMatchObject({ from: 1, to: 4 })
    expect(range === undefined ? null : revsOf(range)).toEqual([])
  })

  test('[WSK21] gives the epoch in a frame from 0, and only there', () => {
    const tail = tailOf([storedMessage(1), storedMessage(2)])
    expect(JSON.parse(tail.ranges(0, 2, 'e')[0]?.frame.json ?? '')).toMatchObject({ from: 0, to: 2, epoch: 'e' })
    expect(JSON.parse(tail.ranges(1, 2, 'e')[0]?.frame.json ?? '')).not.toHaveProperty('epoch')
  })

  test('gives readers at one cursor the same frames', () => {
    const tail = tailOf([storedMessage(1), storedMessage(2)])
    expect(tail.ranges(0, 2, 'e')).toBe(tail.ranges(0, 2, 'e'))
    expect(tail.ranges(1, 2, 'e')[0]?.frame.cursor).toBe('e.2')
    tail.push(storedMessage(3), 3)
    expect(tail.ranges(0, 3, 'e').map(revsOf)).toEqual([[1, 2, 3]])
  })

  test('keeps changes that live readers have not been sent yet, whatever its bounds say', () => {
    const tail = new Tail('chat:a', 0, { ...wide, entries: 2 })
    for (let rev = 1; rev <= 20; rev++) tail.push(storedMessage(rev), 3)
    expect([tail.covers(3), tail.covers(2)]).toEqual([true, false])
    expect(tail.ranges(3, 20, 'e').flatMap(revsOf)).toEqual(Array.from({ length: 17 }, (_, i) => i + 4))
    tail.push(storedMessage(21), 20)
    expect([tail.covers(19), tail.covers(18)]).toEqual([true, false])
  })

  test('covers cursors from its start on, and none whose changes were dropped', () => {
    const tail = tailOf([], {}, 7)
    expect([6, 7, 8].map((from) => tail.covers(from))).toEqual([false, true, true])
    const full = tailOf(
      Array.from({ length: 25 }, (_, i) => storedMessage(i + 1)),
      { entries: 10 },
    )
    expect(full.covers(10)).toBe(false)
    expect(full.covers(11)).toBe(true)
    expect(full.ranges(15, 25, 'e').flatMap(revsOf)).toEqual([16, 17, 18, 19, 20, 21, 22, 23, 24, 25])
  })

  test('is bounded in number and in bytes, whatever is pushed', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat({ max: 3000 }), { maxLength: 60 }),
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 400, max: 5000 }),
        (sizes, entries, bytes) => {
          const tail = new Tail('chat:a', 0, { entries, bytes, frameBytes: 100_000 })
          sizes.forEach((size, i) => {
            tail.push(storedMessage(i + 1, `r${i}`, 'x'.repeat(size)), i + 1)
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

  test('[TRC2] readers that asked for traces share frames of their own, each within the most bytes of a frame', () => {
    const trace = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`
    const records = [storedMessage(1, 'a'), storedMessage(2, 'b'), storedMessage(3, 'c')]
    const tail = new Tail('chat:a', 0, { ...wide, frameBytes: 1400 })
    for (const [index, record] of records.entries()) tail.push(record, 0, false, index === 1 ? undefined : trace)
    const [range] = tail.ranges(0, 3, 'e')
    if (range === undefined) throw new Error('a range was made')
    const traced = range.traced()
    expect(range.traced()).toBe(traced)
    for (const { frame } of traced) expect(Buffer.byteLength(frame.json)).toBeLessThanOrEqual(1400)
    expect(traced.flatMap(({ from, to }) => [from, to])).toEqual(expect.arrayContaining([0, 3]))
    const changes = traced.flatMap(({ frame }) => (JSON.parse(frame.json) as { changes: { trace?: string }[] }).changes)
    expect(changes.map((change) => change.trace)).toEqual([trace, undefined, trace])
    expect(range.frame.json).not.toContain('trace')
    const untraced = tailOf(records).ranges(0, 3, 'e')[0]
    expect(untraced?.traced()).toEqual([untraced])
    // A change whose data does not fit keeps its trace.
    const [small] = new Tail('chat:a', 0, wide).rangesOf([], 0, 0, 'e', 0)
    expect(small?.traced()).toEqual([small])
    const large = new Tail('chat:a', 0, wide)
    large.push({ ...storedMessage(1, 'a'), data: JSON.stringify({ text: 'x'.repeat(40_000) }) }, 0, false, trace)
    const [cut] = large
      .ranges(0, 1, 'e')
      .flatMap((each) => each.traced())
      .flatMap((each) => each.within(32_768))
    expect(JSON.parse(cut?.frame.json ?? '{}').changes).toMatchObject([{ trace, record: { truncated: true } }])
  })
})
