import { expect, test } from 'vitest'
import { Recent } from './recent.ts'

test('the newest entries are kept, the newest first', () => {
  const recent = new Recent<number>(3)
  expect(recent.all).toEqual([])
  recent.add(1)
  recent.add(2)
  expect(recent.all).toEqual([2, 1])
  for (const entry of [3, 4, 5, 6, 7]) recent.add(entry)
  expect(recent.all).toEqual([7, 6, 5])
})
