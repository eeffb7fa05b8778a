import { expect, test } from 'vitest'
import { RandomWalk } from './random-walk.ts'

test('the random walk gives forty instruments turns, with positive prices that always change', () => {
  let seed = 7
  const random = () => {
    seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31
    return seed / 2 ** 31
  }
  const walk = new RandomWalk(random)
  const last = new Map<string, number>()
  const both = new Set<boolean>()
  for (let n = 0; n < 40_000; n++) {
    const { symbol, price } = walk.next()
    expect(price).toBeGreaterThan(0)
    expect(price).not.toBe(last.get(symbol))
    expect(Math.round(price * 100) / 100).toBe(price)
    if (last.has(symbol)) both.add(price > (last.get(symbol) ?? 0))
    last.set(symbol, price)
  }
  expect([last.size, both.size]).toEqual([40, 2])
})
