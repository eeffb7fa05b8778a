import { describe, expect, test } from 'vitest'
import { judge, type Run } from './judge.ts'
import type { Seen } from './observation.ts'

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

const reader: Seen = {
  name: 'reader',
  epoch: 'e',
  rev: 6,
  resets: [],
  segments: [
    { epoch: 'e', start: 0, ranges: [range(0, 2), range(2, 4)] },
    { epoch: 'e', start: 4, ranges: [range(4, 6)] },
  ],
  view: numbers(1, 6).map((number) => record(number)),
}

const good: Run = {
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
}

const kinds = (run: Run) => [...new Set(judge(run).map(({ invariant }) => invariant))].sort()
const seeing = (changed: Partial<Seen>): Run => ({ ...good, readers: [{ ...reader, ...changed }] })
const reading = (...ranges: ReturnType<typeof range>[]) => seeing({ segments: [{ epoch: 'e', start: 0, ranges }] })

describe('the judge', () => {
  test('finds nothing in a good run', () => {
    expect(judge(good)).toEqual([])
  })

  test('a write without an answer may be there, once', () => {
    const acknowledged = good.acknowledged.slice(0, 5)
    expect(kinds({ ...good, acknowledged })).toEqual(['phantom'])
    expect(kinds({ ...good, acknowledged, unknown: [{ id: null, text: 'text 6' }] })).toEqual([])
  })

  const mutated: readonly (readonly [string, Run, readonly string[]])[] = [
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
    ['a range told twice', reading(range(0, 4), range(2, 6)), ['gap']],
    ['a record left out of its range', reading({ ...range(0, 6), changes: [1, 2, 4, 5, 6].map(change) }), ['gap']],
    [
      'a record twice in a range',
      reading({ ...range(0, 6), changes: [1, 2, 2, 3, 4, 5, 6].map(change) }),
      ['order', 'repeat'],
    ],
    ['two records swapped', reading({ ...range(0, 6), changes: [1, 3, 2, 4, 5, 6].map(change) }), ['order']],
    [
      'a reader that resumes elsewhere',
      seeing({ segments: [...reader.segments.slice(0, 1), { epoch: 'e', start: 5, ranges: [range(5, 6)] }] }),
      ['gap'],
    ],
    ['a reader that did not arrive', seeing({ rev: 5 }), ['late']],
    ['a reader that holds an old state', seeing({ view: [record(1, 'old'), ...reader.view.slice(1)] }), ['divergence']],
    [
      'a reset for nothing',
      seeing({ resets: [{ reason: 'ahead', fromEpoch: 'e', toEpoch: 'e' }] }),
      ['needless_reset'],
    ],
  ]
  test.each(mutated)('sees %s', (_what, run, expected) => {
    expect(kinds(run)).toEqual(expected)
  })

  test('a new epoch is no complaint: what was read before it is another log', () => {
    const before = { epoch: 'before', start: 0, ranges: [range(0, 9)] }
    const after = { epoch: 'e', start: 0, ranges: [range(0, 6)] }
    const resets = [{ reason: 'epoch', fromEpoch: 'before', toEpoch: 'e' }]
    expect(judge(seeing({ segments: [before, after], resets }))).toEqual([])
  })

  describe('of a store that was put back to an earlier moment', () => {
    const [first, ...others] = good.acknowledged
    const former = { ...first, id: 'id1', text: 'text 1, edited', epoch: 'before', rev: 9, invokedAt: 1, repliedAt: 1 }
    const gone = { ...former, id: 'gone' }
    const refused = [{ id: 'gone', status: 404, text: 'an edit of what is gone' }]
    const run = { ...good, acknowledged: [former, gone, ...others], refused }

    test('takes what was acknowledged in a former epoch for what may be gone', () => {
      expect(kinds(run)).toEqual(['lost', 'refused'])
      expect(kinds({ ...run, restored: true })).toEqual([])
    })

    test('still misses what was acknowledged in the last', () => {
      const log = good.log.slice(0, 5)
      expect(kinds({ ...run, restored: true, log, head: 5 })).toContain('lost')
    })

    test('still minds another refusal', () => {
      expect(kinds({ ...run, restored: true, refused: [{ id: 'id2', status: 404, text: 'gone?' }] })).toEqual([
        'refused',
      ])
      expect(kinds({ ...run, restored: true, refused: [{ id: 'gone', status: 403, text: '403' }] })).toEqual([
        'refused',
      ])
    })
  })
})
