import type { Change } from 'dovetail-protocol'
import { expect, test } from 'vitest'
import { beforeHead, maxChanges, nothingRead, revisionsOf, taken } from './log-state.ts'

function change(rev: number, id = `r${rev}`): Change {
  const at = '2026-01-01T00:00:00.000Z'
  const record = { id, pos: rev, rev, author: 'ana', createdAt: at, updatedAt: at, data: { rev } }
  return { collection: 'messages', record }
}

const described = { name: 'chat:a', namespace: 'chat', cursor: 'e1.120', collections: [], readers: 0 }

test('the last revisions are read first, and what a channel has not been written is not', () => {
  expect(beforeHead({ ...described, epoch: 'e1', head: 120 })).toBe('e1.70')
  expect(beforeHead({ ...described, epoch: 'e1', head: 50 })).toBe('0')
  expect(beforeHead({ ...described, epoch: null, head: 0, cursor: '0' })).toBe('0')
})

test('changes are kept with the newest first, and no more than are shown', () => {
  const first = taken(nothingRead, [change(1), change(2)])
  expect([first.changes.map(({ record }) => record.rev), first.head]).toEqual([[2, 1], 2])
  expect(taken(first, [])).toEqual(first)
  const many = taken(
    first,
    Array.from({ length: maxChanges }, (_, index) => change(index + 3)),
  )
  expect([many.changes.length, many.changes.at(-1)?.record.rev, many.head]).toEqual([maxChanges, 3, maxChanges + 2])
})

test('the history of a record has its revisions alone', () => {
  const changes = [change(4, 'a'), change(3, 'b'), { ...change(2, 'a'), collection: 'members' }, change(1, 'a')]
  expect(revisionsOf(changes, { collection: 'messages', id: 'a' }).map(({ record }) => record.rev)).toEqual([4, 1])
})
