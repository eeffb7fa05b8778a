import { describe, expect, test } from 'vitest'
import { HandClock } from '../simulation/hand-clock.fixture.ts'
import { GapRepair } from './gap-repair.ts'

function gapRepair() {
  const clock = new HandClock()
  const has = { epoch: 'a', head: 5 }
  const reads: { resolve: () => void; reject: (error: Error) => void }[] = []
  const failures: unknown[] = []
  let repairs = 0
  const it = new GapRepair({
    after: (ms, task) => clock.after(ms, task),
    lacks: ({ epoch, head }) => epoch !== has.epoch || head > has.head,
    isForeign: ({ epoch }) => epoch !== has.epoch,
    readStore: () => new Promise((resolve, reject) => reads.push({ resolve, reject })),
    repairs: () => {
      repairs++
    },
    failed: (error) => failures.push(error),
  })
  return { clock, has, reads, failures, repairs: () => repairs, it }
}

describe('gap repair', () => {
  test('waits 20 ms for the missing notification, then reads the store once', async () => {
    const { clock, reads, it } = gapRepair()
    it.report({ epoch: 'a', head: 7 })
    it.report({ epoch: 'a', head: 8 })
    await clock.pass(19)
    expect(reads).toHaveLength(0)
    await clock.pass(1)
    expect(reads).toHaveLength(1)
  })

  test('does not read the store where the notification came in time', async () => {
    const { clock, has, reads, it } = gapRepair()
    it.report({ epoch: 'a', head: 7 })
    has.head = 7
    await clock.pass(1000)
    expect([reads.length, clock.pending]).toEqual([0, 0])
  })

  test('gives each gap 20 ms of its own where notifications keep crossing', async () => {
    const { clock, has, reads, it } = gapRepair()
    for (let head = 7; head < 30; head++) {
      it.report({ epoch: 'a', head })
      await clock.pass(15)
      has.head = head
    }
    expect(reads).toHaveLength(0)
    it.report({ epoch: 'a', head: 99 })
    await clock.pass(40)
    expect(reads).toHaveLength(1)
  })

  test('does not read the store for a head that the hub has already', async () => {
    const { clock, reads, it } = gapRepair()
    it.report({ epoch: 'a', head: 5 })
    await clock.pass(1000)
    expect(reads).toHaveLength(0)
  })

  test('reads the store at once for another epoch, since no notification can carry its changes', () => {
    const { reads, it } = gapRepair()
    it.report({ epoch: 'b', head: 1 })
    expect(reads).toHaveLength(1)
  })

  test('reads again for a head reported during a read, where it is still missing', async () => {
    const { clock, has, reads, it } = gapRepair()
    const read = it.readStore()
    it.report({ epoch: 'a', head: 9 })
    reads[0]?.resolve()
    await read
    await clock.pass(20)
    expect(reads).toHaveLength(2)
    has.head = 9
    reads[1]?.resolve()
    await clock.pass(1000)
    expect([reads.length, clock.pending]).toEqual([2, 0])
  })

  test('reads the store at once for a head whose changes no notification carries, and that is no repair', () => {
    const { reads, repairs, it } = gapRepair()
    it.report({ epoch: 'a', head: 7 }, 'alone')
    it.report({ epoch: 'a', head: 8 }, 'alone')
    expect([reads.length, repairs()]).toEqual([1, 0])
  })

  test('reads again at once for such a head reported during a read, also where a commit reported a newer one', async () => {
    const { clock, has, reads, it } = gapRepair()
    const read = it.readStore()
    it.report({ epoch: 'a', head: 9 })
    it.report({ epoch: 'a', head: 8 }, 'alone')
    has.head = 7
    reads[0]?.resolve()
    await read
    expect(reads).toHaveLength(2)
    has.head = 9
    reads[1]?.resolve()
    await clock.pass(1000)
    expect([reads.length, clock.pending]).toEqual([2, 0])
  })

  test('does not read again for such a head where the read has brought it', async () => {
    const { clock, has, reads, it } = gapRepair()
    const read = it.readStore()
    it.report({ epoch: 'a', head: 9 }, 'alone')
    has.head = 9
    reads[0]?.resolve()
    await read
    await clock.pass(1000)
    expect([reads.length, clock.pending]).toEqual([1, 0])
  })

  test('reads once, not for ever, for a head that the store does not have', async () => {
    const { clock, reads, it } = gapRepair()
    it.report({ epoch: 'a', head: 99 })
    await clock.pass(20)
    reads[0]?.resolve()
    await clock.pass(10_000)
    expect([reads.length, clock.pending]).toEqual([1, 0])
  })

  test('shares one read among all callers, and so its failure', async () => {
    const { reads, failures, it } = gapRepair()
    const both = [it.readStore(), it.readStore()]
    expect(reads).toHaveLength(1)
    reads[0]?.reject(new Error('no store'))
    expect((await Promise.allSettled(both)).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    expect(failures).toHaveLength(1)
  })

  test('reads a store that failed again after a second, for what is still missing', async () => {
    const { clock, reads, failures, it } = gapRepair()
    it.report({ epoch: 'a', head: 7 })
    await clock.pass(20)
    reads[0]?.reject(new Error('no store'))
    await clock.pass(999)
    expect([reads.length, failures.length]).toEqual([1, 1])
    await clock.pass(1)
    expect(reads).toHaveLength(2)
  })

  test('leaves no timer behind when it is stopped', async () => {
    const { clock, reads, it } = gapRepair()
    it.report({ epoch: 'a', head: 7 })
    it.stop()
    await clock.pass(1000)
    expect([reads.length, clock.pending]).toEqual([0, 0])
  })
})
