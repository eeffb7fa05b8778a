import { describe, expect, test } from 'vitest'
import type { StoredRecord } from '../../../ports/stored-record.ts'
import type { Range } from './range.ts'
import { storedMessage } from './record.fixture.ts'
import { Tail } from './tail.ts'

interface Shown {
  readonly record?: { readonly rev: number; readonly data?: unknown; readonly truncated?: true }
  readonly append?: { readonly from: number; readonly rev: number; readonly pieces: readonly object[] }
}

const long = 'a text that is longer than what is added to it, and than what stands around it: '.repeat(3)

/** Changes of the record `a`: true for an append. */
function tailOf(...appends: readonly boolean[]): Tail {
  const tail = new Tail('chat:a', 0, { entries: 100, bytes: 100_000, frameBytes: 100_000 })
  let text = long
  appends.forEach((isAppend, index) => {
    const rev = index + 1
    const pieces = [{ path: '/text', at: text.length, value: `${rev}` }]
    if (isAppend) text += rev
    const record: StoredRecord = storedMessage(rev, 'a', text)
    tail.push(isAppend ? { ...record, growth: { from: rev - 1, pieces } } : record, 0)
  })
  return tail
}

function shown(ranges: readonly Range[]): string[] {
  const changes = ranges.flatMap(({ frame }) => (JSON.parse(frame.json) as { changes: Shown[] }).changes)
  return changes.map(({ record, append }) => (append === undefined ? `${record?.rev}` : `${append.from}+${append.rev}`))
}
const growing = (ranges: readonly Range[]) => ranges.map((range) => range.growing())

describe('appends in frames', () => {
  test('[APP6, APP7] a run of appends is one piece for those who asked, and the whole record for others', () => {
    const tail = tailOf(false, true, true, true)
    const ranges = tail.liveRanges(1, 4, 'e')
    expect([shown(ranges), shown(growing(ranges))]).toEqual([['4'], ['1+4']])
    const [only] = (JSON.parse(growing(ranges)[0]?.frame.json ?? '') as { changes: Shown[] }).changes
    expect(only?.append?.pieces).toEqual([{ path: '/text', at: long.length, value: '234' }])
    expect(shown(growing(tail.liveRanges(3, 4, 'e')))).toEqual(['3+4'])
  })

  test('[APP6] a record that changed otherwise in the range is whole', () => {
    expect(shown(growing(tailOf(false, true, true).ranges(0, 3, 'e')))).toEqual(['3'])
    expect(shown(growing(tailOf(false, true, false, true).ranges(1, 4, 'e')))).toEqual(['4'])
  })

  test('[APP6, PRM3] every other state is a range of its own', () => {
    const ranges = tailOf(false, true, false, true, true).liveRanges(1, 5, 'e')
    expect([shown(ranges), shown(growing(ranges))]).toEqual([
      ['2', '5'],
      ['1+2', '5'],
    ])
  })

  test('[APP6] a piece on a state that the tail was never given is no piece for those before it', () => {
    const tail = new Tail('chat:a', 0, { entries: 100, bytes: 100_000, frameBytes: 100_000 })
    const pieces = [{ path: '/text', at: long.length, value: '!' }]
    tail.push({ ...storedMessage(9, 'a', `${long}!`), growth: { from: 8, pieces } }, 0)
    expect(shown(growing(tail.ranges(7, 9, 'e')))).toEqual(['9'])
    expect(shown(growing(tail.ranges(8, 9, 'e')))).toEqual(['8+9'])
  })

  test('[APP6] appends to several strings are one piece each', () => {
    const tail = new Tail('chat:a', 1, { entries: 100, bytes: 100_000, frameBytes: 100_000 })
    const push = (rev: number, path: string, at: number, value: string) => {
      tail.push({ ...storedMessage(rev, 'a', long), growth: { from: rev - 1, pieces: [{ path, at, value }] } }, 0)
    }
    push(2, '/text', 5, 'a')
    push(3, '/note', 0, 'b')
    push(4, '/text', 6, 'c')
    const [range] = growing(tail.ranges(1, 4, 'e'))
    const [only] = (JSON.parse(range?.frame.json ?? '') as { changes: Shown[] }).changes
    expect(only?.append?.pieces).toEqual([
      { path: '/text', at: 5, value: 'ac' },
      { path: '/note', at: 0, value: 'b' },
    ])
  })

  test('[APP6, LIM33] a piece that is over maxBytes comes as the record without its data', () => {
    const tail = new Tail('chat:a', 1, { entries: 100, bytes: 1_000_000, frameBytes: 1_000_000 })
    const value = 'x'.repeat(40_000)
    const growth = { from: 1, pieces: [{ path: '/text', at: long.length, value }] }
    tail.push({ ...storedMessage(2, 'a', long + value), growth }, 0)
    const ranges = growing(tail.ranges(1, 2, 'e')).flatMap((range) => range.within(32_768))
    const [only] = (JSON.parse(ranges[0]?.frame.json ?? '') as { changes: Shown[] }).changes
    expect(only?.record).toMatchObject({ rev: 2, truncated: true })
  })
})
