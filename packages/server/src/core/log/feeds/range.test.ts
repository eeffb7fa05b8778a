import { type Change, downSchemas, frameBytesFor } from 'dovetail-protocol'
import fc from 'fast-check'
import { Compile } from 'typebox/compile'
import { describe, expect, test } from 'vitest'
import { storedJson } from '../../../wire/json-text.ts'
import { encodeChange } from '../../../wire/record.ts'
import { makeRanges, type Range } from './range.ts'
import { storedMessage } from './record.fixture.ts'

interface Shown {
  readonly from: number
  readonly to: number
  readonly cursor: string
  readonly changes: readonly {
    readonly record: { readonly rev: number; readonly data?: unknown; readonly truncated?: boolean }
  }[]
}

function shown(range: Range): Shown {
  return JSON.parse(range.frame.json) as Shown
}

function revsOf(range: Range): number[] {
  return shown(range).changes.map((change) => change.record.rev)
}

function bytesOf(range: Range): number {
  return Buffer.byteLength(range.frame.json)
}

function textChange(rev: number, bytes: number) {
  return { rev, text: encodeChange(storedMessage(rev, `r${rev}`, 'x'.repeat(bytes))) }
}

const least = frameBytesFor(32_768)

describe('a range within the bytes that a client takes', () => {
  test('[LIM32] is itself where it fits, so that it stays shared with the readers who ask for nothing', () => {
    const [range] = makeRanges(
      { channel: 'chat:a', from: 0, to: 2, epoch: 'e', floor: 0 },
      [textChange(1, 10), textChange(2, 10)],
      64_512,
    )
    expect(range?.within(least)).toEqual([range])
  })

  test('[LIM32] is cut into frames that join, once for all readers of a class', () => {
    const changes = [1, 2, 3, 4].map((rev) => textChange(rev, 14_000))
    const [range] = makeRanges({ channel: 'chat:a', from: 0, to: 5, epoch: 'e', floor: 0 }, changes, 64_512)
    const small = range?.within(least) ?? []
    expect(small.map(revsOf)).toEqual([
      [1, 2],
      [3, 4],
    ])
    expect(small.map(({ from, to }) => [from, to])).toEqual([
      [0, 2],
      [2, 5],
    ])
    expect(small.map((each) => shown(each).cursor)).toEqual(['e.2', 'e.5'])
    for (const each of small) expect(bytesOf(each)).toBeLessThanOrEqual(least)
    expect(range?.within(least)).toBe(small)
  })

  test('[LIM33] tells a record that no such frame can hold without its data', () => {
    const changes = [textChange(1, 10), textChange(2, 60_000), textChange(3, 10)]
    const [range] = makeRanges({ channel: 'chat:a', from: 0, to: 3, epoch: 'e', floor: 0 }, changes, 64_512)
    const [small] = range?.within(least) ?? []
    if (small === undefined) throw new Error('there is no range')
    expect(Compile(downSchemas.changes).Check(JSON.parse(small.frame.json))).toBe(true)
    const records = shown(small).changes.map(({ record }) => record)
    expect(records.map(({ rev, truncated }) => [rev, truncated])).toEqual([
      [1, undefined],
      [2, true],
      [3, undefined],
    ])
    expect(records[1]).not.toHaveProperty('data')
    // A reader who takes it gets the data.
    expect(range?.within(frameBytesFor(65_536))).toEqual([range])
  })
})

describe('ranges', () => {
  test('[LIM31] join from the first to the last, each under the bound or a single change', () => {
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
            return { rev, text: storedJson<Change>(JSON.stringify({ record: { rev }, text: 'é'.repeat(size) })) }
          })
          const to = rev + rest
          const ranges = makeRanges({ channel: 'chat:a', from, to, epoch: 'e', floor: 0 }, changes, bound)
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
