import { describe, expect, test } from 'vitest'
import { HandClock } from '../simulation/hand-clock.fixture.ts'
import { CallerTurns } from './caller-turns.ts'

function world() {
  const clock = new HandClock()
  const turns = new CallerTurns(clock)
  const begun: string[] = []
  const ask = (user: string, name: string, handle: () => unknown = () => name) =>
    turns.run(user, () => {
      begun.push(name)
      return handle()
    })
  /** What one turn of the event loop begins. */
  const turn = (): string[] => {
    const before = begun.length
    clock.turn()
    return begun.slice(before)
  }
  return { clock, turns, begun, ask, turn }
}

describe('the turns of the requests of one user', () => {
  test('[LIM39] one is begun in each turn of the event loop, in the order in which they came, of each user', async () => {
    const { begun, ask, turn } = world()
    const replies = ['a', 'b', 'c'].map((name) => ask('ann', name))
    void ask('bob', 'd')
    void ask('bob', 'e')
    expect(begun).toEqual(['a', 'd'])
    expect([turn(), turn(), turn()]).toEqual([['b', 'e'], ['c'], []])
    expect(await Promise.all(replies)).toEqual(['a', 'b', 'c'])
  })

  test('[LIM39] those that wait for news or for the store hold up nobody', async () => {
    const { ask, turn } = world()
    const never = () => new Promise(() => {})
    for (const name of ['a', 'b']) void ask('ann', name, never)
    void ask('ann', 'c')
    expect([turn(), turn()]).toEqual([['b'], ['c']])
  })

  test('[LIM39] who sends one request after the other never waits, and nothing is kept of a user who is done', async () => {
    const { clock, begun, ask, turn } = world()
    for (let n = 0; n < 5; n++) {
      void ask('ann', `${n}`)
      turn()
    }
    expect(begun).toHaveLength(5)
    turn()
    expect(clock.pending).toBe(0)
  })

  test('[LIM39] one that fails makes way as any other', async () => {
    const { ask, turn } = world()
    const failing = (): never => {
      throw new Error('no')
    }
    const first = expect(ask('ann', 'a', failing)).rejects.toThrow('no')
    const second = expect(ask('ann', 'b', failing)).rejects.toThrow('no')
    const third = expect(ask('ann', 'c')).resolves.toBe('c')
    expect([turn(), turn()]).toEqual([['b'], ['c']])
    await Promise.all([first, second, third])
  })
})
