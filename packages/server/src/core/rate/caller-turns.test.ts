import { describe, expect, test } from 'vitest'
import { HandClock } from '../simulation/hand-clock.fixture.ts'
import { CallerTurns } from './caller-turns.ts'

/** A node as busy as told, and requests that end when told. */
function world(busy: number) {
  const clock = new HandClock()
  const turns = new CallerTurns(clock, { next: () => ({ busy }) })
  const begun: string[] = []
  const ends = new Map<string, () => void>()
  const ask = (user: string, name: string): Promise<string> =>
    turns.run(user, () => {
      begun.push(name)
      return new Promise((resolve) => ends.set(name, () => resolve(name)))
    })
  const end = async (name: string): Promise<void> => {
    ends.get(name)?.()
    await clock.settle()
  }
  return { clock, turns, begun, ask, end }
}

describe('the turns of the requests of one user', () => {
  test('[LIM39] four are handled at a time, in the order in which they came', async () => {
    const { begun, ask, end } = world(0)
    const replies = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => ask('ann', name))
    void ask('bob', 'of bob')
    expect(begun).toEqual(['a', 'b', 'c', 'd', 'of bob'])
    await end('b')
    expect(begun.at(-1)).toBe('e')
    for (const name of ['a', 'c', 'd', 'e', 'f']) await end(name)
    expect(await Promise.all(replies)).toEqual(['a', 'b', 'c', 'd', 'e', 'f'])
  })

  test('[LIM39] on a busy node one is, and the next one after as much time as it took', async () => {
    const { clock, begun, ask, end } = world(0.6)
    for (const name of ['a', 'b', 'c']) void ask('ann', name)
    expect(begun).toEqual(['a'])
    clock.spend(3)
    await end('a')
    await clock.pass(2.9)
    expect(begun).toEqual(['a'])
    await clock.pass(0.2)
    expect(begun).toEqual(['a', 'b'])
  })

  test('[LIM39] one that waits makes way after 5 ms, and is answered all the same', async () => {
    const { clock, begun, ask, end } = world(0.6)
    const parked = ask('ann', 'parked')
    void ask('ann', 'next')
    await clock.pass(5)
    expect(begun).toEqual(['parked'])
    await clock.pass(5)
    expect(begun).toEqual(['parked', 'next'])
    await end('parked')
    expect(await parked).toBe('parked')
  })

  test('[LIM39] who sends one request after the other never waits, and nothing is kept of a user who is done', async () => {
    const { clock, turns, begun } = world(1)
    for (let n = 0; n < 5; n++) await turns.run('ann', () => begun.push(`${n}`))
    expect(begun).toHaveLength(5)
    expect(clock.pending).toBe(0)
  })

  test('[LIM39] one that fails makes way as any other', async () => {
    const { clock, turns } = world(1)
    const failed = turns.run('ann', () => Promise.reject(new Error('no')))
    const next = turns.run('ann', () => 'yes')
    await expect(failed).rejects.toThrow('no')
    await clock.pass(5)
    await expect(next).resolves.toBe('yes')
  })
})
