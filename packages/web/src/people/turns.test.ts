import { expect, test } from 'vitest'
import { createTurns } from './turns.ts'

test('no more run at once than may, in their order, and all of them do', async () => {
  const ends: (() => void)[] = []
  const begun: number[] = []
  const turn = createTurns(2)
  for (const number of [1, 2, 3, 4]) {
    turn(() => {
      begun.push(number)
      return new Promise((resolve) => ends.push(resolve))
    })
  }
  const settled = () => new Promise((resolve) => setImmediate(resolve))
  await settled()
  expect(begun).toEqual([1, 2])
  ends[1]?.()
  await settled()
  expect(begun).toEqual([1, 2, 3])
  ends[0]?.()
  await settled()
  expect(begun).toEqual([1, 2, 3, 4])
})
