import { describe, expect, test } from 'vitest'
import { HandClock } from './hand-clock.fixture.ts'
import { Healing } from './healing.ts'

function healing() {
  const clock = new HandClock()
  const has = { epoch: 'a', head: 5 }
  const looks: { resolve: () => void; reject: (error: Error) => void }[] = []
  const failures: unknown[] = []
  const it = new Healing({
    after: (ms, task) => clock.after(ms, task),
    lacks: ({ epoch, head }) => epoch !== has.epoch || head > has.head,
    isForeign: ({ epoch }) => epoch !== has.epoch,
    look: () => new Promise((resolve, reject) => looks.push({ resolve, reject })),
    failed: (error) => failures.push(error),
  })
  return { clock, has, looks, failures, it }
}

describe('healing', () => {
  test('waits 20 ms for the missing bell, then looks once', async () => {
    const { clock, looks, it } = healing()
    it.tell({ epoch: 'a', head: 7 })
    it.tell({ epoch: 'a', head: 8 })
    await clock.pass(19)
    expect(looks).toHaveLength(0)
    await clock.pass(1)
    expect(looks).toHaveLength(1)
  })

  test('does not look where the bell came in time', async () => {
    const { clock, has, looks, it } = healing()
    it.tell({ epoch: 'a', head: 7 })
    has.head = 7
    await clock.pass(1000)
    expect([looks.length, clock.pending]).toEqual([0, 0])
  })

  test('where bells cross all the time, each hole has 20 ms of its own', async () => {
    const { clock, has, looks, it } = healing()
    for (let head = 7; head < 30; head++) {
      it.tell({ epoch: 'a', head })
      await clock.pass(15)
      has.head = head
    }
    expect(looks).toHaveLength(0)
    it.tell({ epoch: 'a', head: 99 })
    await clock.pass(40)
    expect(looks).toHaveLength(1)
  })

  test('what it has already is no reason to look', async () => {
    const { clock, looks, it } = healing()
    it.tell({ epoch: 'a', head: 5 })
    await clock.pass(1000)
    expect(looks).toHaveLength(0)
  })

  test('looks at once for another log: no bell can bring it', () => {
    const { looks, it } = healing()
    it.tell({ epoch: 'b', head: 1 })
    expect(looks).toHaveLength(1)
  })

  test('what it is told while it looks is looked for after, where it is still missing', async () => {
    const { clock, has, looks, it } = healing()
    const looked = it.look()
    it.tell({ epoch: 'a', head: 9 })
    looks[0]?.resolve()
    await looked
    await clock.pass(20)
    expect(looks).toHaveLength(2)
    has.head = 9
    looks[1]?.resolve()
    await clock.pass(1000)
    expect([looks.length, clock.pending]).toEqual([2, 0])
  })

  test('a head that nobody has is looked for once, not for ever', async () => {
    const { clock, looks, it } = healing()
    it.tell({ epoch: 'a', head: 99 })
    await clock.pass(20)
    looks[0]?.resolve()
    await clock.pass(10_000)
    expect([looks.length, clock.pending]).toEqual([1, 0])
  })

  test('one look serves all who ask meanwhile, and its failure reaches them', async () => {
    const { looks, failures, it } = healing()
    const both = [it.look(), it.look()]
    expect(looks).toHaveLength(1)
    looks[0]?.reject(new Error('no store'))
    expect((await Promise.allSettled(both)).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    expect(failures).toHaveLength(1)
  })

  test('a store that failed is asked again after a second, for what is still missing', async () => {
    const { clock, looks, failures, it } = healing()
    it.tell({ epoch: 'a', head: 7 })
    await clock.pass(20)
    looks[0]?.reject(new Error('no store'))
    await clock.pass(999)
    expect([looks.length, failures.length]).toEqual([1, 1])
    await clock.pass(1)
    expect(looks).toHaveLength(2)
  })

  test('stops with nothing left', async () => {
    const { clock, looks, it } = healing()
    it.tell({ epoch: 'a', head: 7 })
    it.stop()
    await clock.pass(1000)
    expect([looks.length, clock.pending]).toEqual([0, 0])
  })
})
