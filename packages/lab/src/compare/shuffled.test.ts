import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Dice } from '../check/dice.ts'
import { shuffled } from './shuffled.ts'

test('nothing is lost or added, and a seed gives one order', () => {
  fc.assert(
    fc.property(fc.array(fc.integer()), fc.integer({ min: 0, max: 1e6 }), (items, seed) => {
      const order = shuffled(items, new Dice(seed))
      expect([...order].sort((a, b) => a - b)).toEqual([...items].sort((a, b) => a - b))
      expect(shuffled(items, new Dice(seed))).toEqual(order)
    }),
  )
})

test('of three, each of the six orders comes up', () => {
  const orders = Array.from({ length: 200 }, (_, seed) => shuffled(['a', 'b', 'c'], new Dice(seed)).join(''))
  expect(new Set(orders).size).toBe(6)
})
