import { describe, expect, test } from 'vitest'
import type { StoredRecord } from '../ports/stored-record.ts'
import { Ahead } from './ahead.ts'

function change(rev: number, data = '{}'): StoredRecord {
  const stamps = { author: 'ana', createdAt: 0, updatedAt: 0 }
  return { collection: 'messages', id: `r${rev}`, pos: rev, rev, ...stamps, deleted: false, data }
}

function ahead(start: number) {
  const pushed: number[] = []
  const log = { head: start }
  const it = new Ahead(
    () => log.head,
    (record) => {
      log.head = record.rev
      pushed.push(record.rev)
    },
  )
  return { it, log, pushed }
}

describe('changes in turn', () => {
  test('what comes before its turn waits for what is missing, and is pushed once', () => {
    const { it, pushed } = ahead(3)
    for (const rev of [6, 5, 5, 8, 4, 4, 7]) it.accept(change(rev))
    expect(pushed).toEqual([4, 5, 6, 7, 8])
  })

  test('where the head moved past what waits, the rest is next', () => {
    const { it, log, pushed } = ahead(3)
    for (const rev of [5, 6, 8]) it.accept(change(rev))
    log.head = 5
    it.moveOn()
    expect(pushed).toEqual([6])
    it.accept(change(7))
    expect(pushed).toEqual([6, 7, 8])
  })

  test('what waits is bounded in number and in size', () => {
    const many = ahead(0)
    for (let rev = 2; rev <= 1000; rev++) many.it.accept(change(rev))
    many.it.accept(change(1))
    expect(many.pushed).toHaveLength(513)
    const large = ahead(0)
    for (let rev = 2; rev <= 20; rev++) large.it.accept(change(rev, `"${'x'.repeat(100_000)}"`))
    large.it.accept(change(1))
    expect(large.pushed).toHaveLength(6)
  })

  test('another log makes what waited void', () => {
    const { it, log, pushed } = ahead(3)
    it.accept(change(5))
    it.clear()
    log.head = 0
    for (const rev of [1, 2, 3, 4]) it.accept(change(rev))
    expect(pushed).toEqual([1, 2, 3, 4])
  })
})
