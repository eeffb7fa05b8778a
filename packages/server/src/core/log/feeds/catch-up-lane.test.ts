import { expect, test } from 'vitest'
import { HandClock } from '../../simulation/hand-clock.fixture.ts'
import { CatchUpLane } from './catch-up-lane.ts'

function world() {
  const clock = new HandClock()
  const lane = new CatchUpLane((task) => clock.soon(task))
  const begun: string[] = []
  const ends = new Map<string, () => void>()
  const read = (name: string): Promise<string> =>
    lane.run(() => {
      begun.push(name)
      return new Promise((resolve) => ends.set(name, () => resolve(name)))
    })
  return { clock, lane, begun, ends, read }
}

test('two reads are under way at a time, and the next begins in a later turn of the event loop', async () => {
  const { clock, begun, ends, read } = world()
  const reads = ['a', 'b', 'c', 'd'].map(read)
  expect(begun).toEqual(['a', 'b'])
  ends.get('b')?.()
  expect(await reads[1]).toBe('b')
  expect(begun).toEqual(['a', 'b'])
  await clock.settle()
  expect(begun).toEqual(['a', 'b', 'c'])
  for (const name of ['a', 'c', 'd']) {
    ends.get(name)?.()
    await clock.settle()
  }
  expect(await Promise.all(reads)).toEqual(['a', 'b', 'c', 'd'])
})

test('a read that fails makes way as any other', async () => {
  const { clock, lane, begun, read } = world()
  const failing = ['x', 'y'].map(() => lane.run(() => Promise.reject(new Error('the store is away'))))
  void read('a')
  await expect(Promise.all(failing)).rejects.toThrow('the store is away')
  await clock.settle()
  expect(begun).toEqual(['a'])
})
