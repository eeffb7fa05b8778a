import { expect, test } from 'vitest'
import type { HistoryMark } from './history-mark.ts'
import { type Found, findForeign } from './judge-history.ts'

const now = { file: { number: '10', born: '100' }, self: { number: '11', born: '200' } }
const last = { channel: 'chat:a', epoch: 'e1', head: 7 }
const mark: HistoryMark = { run: 'r2', changes: 3, last, ...now }
const found: Found = {
  row: { run: 'r2', previous: 'r1', changes: 3 },
  hasChannels: true,
  mark,
  now,
  has: () => true,
}

test.each<[string, Partial<Found>]>([
  ['the file is as the server left it', {}],
  ['the server was stopped after it wrote the file and before it wrote the mark', { mark: { ...mark, run: 'r1' } }],
  ['a power cut left an older mark', { mark: { ...mark, changes: 2 }, has: () => false }],
  ['the file has more than the mark', { row: { run: 'r2', previous: 'r1', changes: 4 }, has: () => false }],
  ['no build has kept a history yet', { row: null, mark: null, now: null }],
  [
    'after a mount, the inode numbers have changed, but not the creation times',
    { now: { ...now, file: { number: '99', born: '100' } } },
  ],
])('[P1] a file is the one that the server left where %s', (_what, change) => {
  expect(findForeign({ ...found, ...change })).toBeNull()
})

test.each<[string, Partial<Found>, RegExp]>([
  ['it lacks the commit that was acknowledged last', { has: () => false }, /lacks commits/],
  ['a channel was dropped after it', { row: { run: 'r2', previous: 'r1', changes: 2 } }, /lacks commits/],
  ['it is of an earlier run', { row: { run: 'r1', previous: 'r0', changes: 3 } }, /another run/],
  ['it was made at another time', { now: { ...now, file: { number: '10', born: '101' } } }, /another file/],
  ['the mark was made at another time', { now: { ...now, self: { number: '11', born: '201' } } }, /whole folder/],
  [
    'the creation time is unknown and the inode number has changed',
    { now: { ...now, file: { number: '12', born: null } } },
    /another file/,
  ],
  ['it has no mark', { mark: null, now: null }, /no mark/],
  ['its mark can not be read', { mark: 'unreadable' }, /can not be read/],
  ['an earlier build wrote it, and a mark is there', { row: null }, /another build/],
])('[P1] a file is not the one that the server left where %s', (_what, change, reason) => {
  expect(findForeign({ ...found, ...change })).toMatch(reason)
})
