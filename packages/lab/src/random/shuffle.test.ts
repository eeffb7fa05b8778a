import fc from 'fast-check'
import { expect, test } from 'vitest'
import { SeededRandom } from './seeded-random.ts'
import { shuffle } from './shuffle.ts'

test('a shuffle loses and adds no item, and a seed always gives the same order', () => {
  fc.assert(
    fc.property(fc.array(fc.integer()), fc.integer({ min: 0, max: 1e6 }), (items, seed) => {
      const order = shuffle(items, new SeededRandom(seed))
      expect([...order].sort((a, b) => a - b)).toEqual([...items].sort((a, b) => a - b))
      expect(shuffle(items, new SeededRandom(seed))).toEqual(order)
    }),
  )
})

test('a shuffle of three items reaches each of the six orders', () => {
  const orders = Array.from({ length: 200 }, (_, seed) => shuffle(['a', 'b', 'c'], new SeededRandom(seed)).join(''))
  expect(new Set(orders).size).toBe(6)
})
