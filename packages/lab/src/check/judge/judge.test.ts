import { describe, expect, test } from 'vitest'
import type { RunEvidence } from './evidence.ts'
import { findComplaints } from './judge.ts'
import type { Observation, PageRead } from './observation.ts'

const record = (number: number, text = `text ${number}`) => ({
  id: `id${number}`,
  pos: number,
  rev: number,
  author: 'ann',
  createdAt: '2026-01-01T00:00:00.000Z',
  updatedAt: '2026-01-01T00:00:00.000Z',
  data: { text },
})
const change = (number: number) => ({ collection: 'messages', record: record(number) })
const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i)
const range = (from: number, to: number) => ({ from, to, changes: numbers(from + 1, to).map(change) })

const reader: Observation = {
  name: 'reader',
  epoch: 'e',
  rev: 6,
  resets: [],
  segments: [
    { epoch: 'e', start: 0, ranges: [range(0, 2), range(2, 4)] },
    { epoch: 'e', start: 4, ranges: [range(4, 6)] },
  ],
  view: numbers(1, 6).map((number) => record(number)),
  histories: [],
}

const good: RunEvidence = {
  acknowledged: numbers(1, 6).map((number) => ({
    id: `id${number}`,
    text: `text ${number}`,
    epoch: 'e',
    rev: number,
    invokedAt: number,
    repliedAt: number,
  })),
  unknown: [],
  refused: [],
  restored: false,
  epoch: 'e',
  log: numbers(1, 6).map(change),
  head: 6,
  fresh: numbers(1, 6).map((number) => record(number)),
  readers: [reader],
  streams: [],
}

const kinds = (run: RunEvidence) => [...new Set(findComplaints(run).map(({ invariant }) => invariant))].sort()
const withReader = (changed: Partial<Observation>): RunEvidence => ({ ...good, readers: [{ ...reader, ...changed }] })
const reading = (...ranges: ReturnType<typeof range>[]) => withReader({ segments: [{ epoch: 'e', start: 0, ranges }] })

/** A write of record 3 that was superseded when the range had been received for long. */
const edited: RunEvidence = {
  ...good,
  acknowledged: [
    ...good.acknowledged.filter(({ id }) => id !== 'id3'),
    { id: 'id3', text: 'text 3', epoch: 'e', rev: 3, invokedAt: 3, repliedAt: 3 },
    { id: 'id3', text: 'text 7', epoch: 'e', rev: 7, invokedAt: 100, repliedAt: 100 },
  ],
  log: [
    ...good.log.filter(({ record }) => record.id !== 'id3'),
    { collection: 'messages', record: { ...record(7), id: 'id3', pos: 3 } },
  ],
}
const catchUp = (receivedAt: number, changes: readonly number[]): RunEvidence => ({
  ...edited,
  streams: [
    {
      name: 'catch-up',
      segments: [{ epoch: 'e', start: 2, ranges: [{ from: 2, to: 5, changes: changes.map(change), receivedAt }] }],
    },
  ],
})
const gapsOf = (run: RunEvidence) =>
  findComplaints(run)
    .filter(({ text }) => text.startsWith('catch-up'))
    .map(({ text }) => text)

describe('a catch-up', () => {
  test('a catch-up that leaves out a change is a gap', () => {
    expect(gapsOf(catchUp(50, [3, 4]))).toEqual(['catch-up: revision 5 is missing in the range 2 to 5'])
  })

  test('a catch-up received before the next write of a record began must have the former state', () => {
    expect(gapsOf(catchUp(99, [4, 5]))).toEqual(['catch-up: revision 3 is missing in the range 2 to 5'])
  })

  test('a catch-up received after the next write began may leave out the former state', () => {
    expect(gapsOf(catchUp(101, [4, 5]))).toEqual([])
  })

  test('a catch-up may leave out a state that a write without a reply may have superseded', () => {
    const run = catchUp(99, [4, 5])
    expect(
      gapsOf({ ...run, acknowledged: run.acknowledged.slice(0, -1), unknown: [{ id: 'id3', text: 'text 7' }] }),
    ).toEqual([])
  })

  test('a catch-up from another epoch is not compared with this log', () => {
    const { streams } = catchUp(50, [])
    expect(
      gapsOf({
        ...edited,
        streams: streams.map((each) => ({
          ...each,
          segments: each.segments.map((segment) => ({ ...segment, epoch: 'f' })),
        })),
      }),
    ).toEqual([])
  })
})

const page = (limit: number, before: number | null, positions: readonly number[], next: number | null): PageRead => ({
  limit,
  before,
  records: positions.map((position) => record(position)),
  next,
  rev: before === null ? 6 : null,
})
const historyOf = (...pages: readonly PageRead[]) => kinds(withReader({ histories: [pages] }))

describe('a history read page by page', () => {
  test('a history whose pages join gives no complaint', () => {
    expect(historyOf(page(2, null, [5, 6], 5), page(3, 5, [2, 3, 4], 2), page(3, 2, [1], null))).toEqual([])
  })

  test('a history page that leaves out the record below `before` is a gap', () => {
    expect(historyOf(page(2, null, [5, 6], 5), page(3, 5, [1, 2, 3], null))).toEqual(['gap'])
  })

  test('a history page that has the record at `before` again is a repeat', () => {
    expect(historyOf(page(2, null, [5, 6], 5), page(3, 5, [3, 4, 5], 3), page(3, 3, [1, 2], null))).toEqual(['repeat'])
  })

  test('a history reply that continues one position too low is a gap', () => {
    expect(historyOf(page(2, null, [5, 6], 4), page(3, 4, [1, 2, 3], null))).toEqual(['gap'])
  })

  test('a history that ends before the first record is a gap', () => {
    expect(historyOf(page(2, null, [5, 6], 5), page(2, 5, [3, 4], null))).toEqual(['gap'])
  })

  test('a newest history page without the newest record is a gap', () => {
    expect(historyOf(page(2, null, [4, 5], 4), page(3, 4, [1, 2, 3], null))).toEqual(['gap'])
  })

  test('a history page that is not in rising position, or has too many records, is out of order', () => {
    expect(historyOf(page(2, null, [6, 5], 5), page(4, 5, [1, 2, 3, 4], null))).toContain('order')
    expect(historyOf(page(5, null, [1, 2, 3, 4, 5, 6], null))).toEqual(['order'])
  })
})

describe('the judge', () => {
  test('the judge finds no complaint in a correct run', () => {
    expect(findComplaints(good)).toEqual([])
  })

  test('the judge accepts an unanswered write in the log once', () => {
    const acknowledged = good.acknowledged.slice(0, 5)
    expect(kinds({ ...good, acknowledged })).toEqual(['phantom'])
    expect(kinds({ ...good, acknowledged, unknown: [{ id: null, text: 'text 6' }] })).toEqual([])
  })

  const mutated: readonly (readonly [string, RunEvidence, readonly string[]])[] = [
    [
      'an acknowledged write that is gone',
      { ...good, log: good.log.slice(1), fresh: good.fresh.slice(1) },
      ['divergence', 'lost'],
    ],
    ['a write that nobody asked for', { ...good, acknowledged: good.acknowledged.slice(1) }, ['phantom']],
    ['a log out of order', { ...good, log: [...good.log].reverse() }, ['order']],
    ['a head that the log does not reach', { ...good, head: 7 }, ['late', 'order']],
    ['pages that differ from the log', { ...good, fresh: good.fresh.slice(1) }, ['divergence']],
    ['ranges that do not join', reading(range(0, 2), range(3, 6)), ['gap']],
    ['a range sent twice', reading(range(0, 4), range(2, 6)), ['gap']],
    ['a record left out of its range', reading({ ...range(0, 6), changes: [1, 2, 4, 5, 6].map(change) }), ['gap']],
    [
      'a record twice in a range',
      reading({ ...range(0, 6), changes: [1, 2, 2, 3, 4, 5, 6].map(change) }),
      ['order', 'repeat'],
    ],
    ['two records swapped', reading({ ...range(0, 6), changes: [1, 3, 2, 4, 5, 6].map(change) }), ['order']],
    [
      'a reader that resumes elsewhere',
      withReader({ segments: [...reader.segments.slice(0, 1), { epoch: 'e', start: 5, ranges: [range(5, 6)] }] }),
      ['gap'],
    ],
    ['a reader that did not arrive', withReader({ rev: 5 }), ['late']],
    [
      'a reader that holds an old state',
      withReader({ view: [record(1, 'old'), ...reader.view.slice(1)] }),
      ['divergence'],
    ],
    [
      'a reset for nothing',
      withReader({ resets: [{ reason: 'ahead', fromEpoch: 'e', toEpoch: 'e' }] }),
      ['needless_reset'],
    ],
  ]
  test.each(mutated)('the judge sees %s', (_what, run, expected) => {
    expect(kinds(run)).toEqual(expected)
  })

  test('the judge accepts a new epoch: earlier reads belong to another log', () => {
    const before = { epoch: 'before', start: 0, ranges: [range(0, 9)] }
    const after = { epoch: 'e', start: 0, ranges: [range(0, 6)] }
    const resets = [{ reason: 'epoch', fromEpoch: 'before', toEpoch: 'e' }]
    expect(findComplaints(withReader({ segments: [before, after], resets }))).toEqual([])
  })

  describe('of a store restored to an earlier moment', () => {
    const [first, ...others] = good.acknowledged
    const former = { ...first, id: 'id1', text: 'text 1, edited', epoch: 'before', rev: 9, invokedAt: 1, repliedAt: 1 }
    const gone = { ...former, id: 'gone' }
    const refused = [{ id: 'gone', status: 404, text: 'an edit of what is gone' }]
    const run = { ...good, acknowledged: [former, gone, ...others], refused }

    test('after a restore, writes acknowledged in a former epoch may be missing', () => {
      expect(kinds(run)).toEqual(['lost', 'refused'])
      expect(kinds({ ...run, restored: true })).toEqual([])
    })

    test('after a restore, a missing write of the last epoch is a complaint', () => {
      const log = good.log.slice(0, 5)
      expect(kinds({ ...run, restored: true, log, head: 5 })).toContain('lost')
    })

    test('after a restore, other refusals are complaints', () => {
      expect(kinds({ ...run, restored: true, refused: [{ id: 'id2', status: 404, text: 'gone?' }] })).toEqual([
        'refused',
      ])
      expect(kinds({ ...run, restored: true, refused: [{ id: 'gone', status: 403, text: '403' }] })).toEqual([
        'refused',
      ])
    })
  })
})
