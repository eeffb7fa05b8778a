import { describe, expect, test } from 'vitest'
import { anonymous } from '../../core/access/caller.ts'
import { type Reader, Readers } from './readers.ts'

function readersOf(count: number): Readers {
  const readers = new Readers()
  for (let made = 0; made < count; made++) readers.add(reader())
  return readers
}

function reader(): Reader {
  const nothing = () => {}
  return {
    transport: 'sse',
    caller: anonymous,
    endReason: 'peer',
    beat: nothing,
    goAway: nothing,
    leave: nothing,
    cut: nothing,
    revoke: nothing,
  }
}

describe('the advice to readers on when to reconnect', () => {
  test.each([
    [0, 0],
    [1, 1],
    [9, 9],
    [10, 10],
    [11, 20],
    [987, 1000],
    [1001, 2000],
  ])('[WSK38] a node with %i readers reports %i', (count, about) => {
    expect(readersOf(count).about).toBe(about)
  })

  test('[WSK38, RDG13, B13] 1,000 streams reconnect within 5 s, and less than 30 % of them in any second', () => {
    const readers = readersOf(1000)
    const seconds = new Map<number, number>()
    for (let stream = 0; stream < 1000; stream++) {
      const second = Math.floor((readers.returnAfterMs(2000) - 2000) / 1000)
      seconds.set(second, (seconds.get(second) ?? 0) + 1)
    }
    expect([...seconds.keys()].sort()).toEqual([0, 1, 2, 3, 4])
    expect(Math.max(...seconds.values())).toBeLessThan(300)
  })

  test('[RDG13] the only reader of a node gets at most 5 ms of extra delay', () => {
    expect(readersOf(1).returnAfterMs(2000)).toBeLessThanOrEqual(2005)
  })

  test('[RDG13] the extra delay before a reconnect is at most 30 s, however many readers there are', () => {
    const readers = readersOf(20_000)
    for (let stream = 0; stream < 100; stream++) expect(readers.returnAfterMs(2000)).toBeLessThanOrEqual(32_000)
  })
})
