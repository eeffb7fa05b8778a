import { describe, expect, test } from 'vitest'
import type { StoredRecord } from '../../ports/stored-record.ts'
import { ReorderBuffer } from './reorder-buffer.ts'

function change(rev: number, data = '{}'): StoredRecord {
  const stamps = { author: 'ana', createdAt: 0, updatedAt: 0 }
  return { collection: 'messages', id: `r${rev}`, pos: rev, rev, ...stamps, deleted: false, data }
}

/** A log that pushes each change in its turn, as a hub does. */
function logAt(head: number) {
  const buffer = new ReorderBuffer()
  const pushed: number[] = []
  const log = { head }
  const push = (record: StoredRecord) => {
    log.head = record.rev
    pushed.push(record.rev)
  }
  const pushWaiting = () => {
    for (let next = buffer.next(log.head); next !== undefined; next = buffer.next(log.head)) push(next)
  }
  const apply = (record: StoredRecord) => {
    if (record.rev > log.head + 1) buffer.add(record)
    else if (record.rev === log.head + 1) push(record)
    pushWaiting()
  }
  return { buffer, log, pushed, pushWaiting, apply }
}

describe('the reorder buffer', () => {
  test('keeps a change that comes before its turn, and gives it once when the changes before it have come', () => {
    const { apply, pushed } = logAt(3)
    for (const rev of [6, 5, 5, 8, 4, 4, 7]) apply(change(rev))
    expect(pushed).toEqual([4, 5, 6, 7, 8])
  })

  test('drops the changes that the head has passed, and gives the one that follows', () => {
    const { apply, log, pushed, pushWaiting } = logAt(3)
    for (const rev of [5, 6, 8]) apply(change(rev))
    log.head = 5
    pushWaiting()
    expect(pushed).toEqual([6])
    apply(change(7))
    expect(pushed).toEqual([6, 7, 8])
  })

  test('is bounded in number and in size', () => {
    const many = logAt(0)
    for (let rev = 2; rev <= 1000; rev++) many.apply(change(rev))
    many.apply(change(1))
    expect(many.pushed).toHaveLength(513)
    const large = logAt(0)
    for (let rev = 2; rev <= 20; rev++) large.apply(change(rev, `"${'x'.repeat(100_000)}"`))
    large.apply(change(1))
    expect(large.pushed).toHaveLength(6)
  })

  test('forgets the changes of a log that was replaced', () => {
    const { apply, buffer, log, pushed } = logAt(3)
    apply(change(5))
    buffer.clear()
    log.head = 0
    for (const rev of [1, 2, 3, 4]) apply(change(rev))
    expect(pushed).toEqual([1, 2, 3, 4])
  })
})
