import { expect, test, vi } from 'vitest'
import { isSettledWithin } from './is-settled-within.ts'

test('work that resolves in time is settled, and leaves no timer behind', async () => {
  const before = process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length
  expect(await isSettledWithin(Promise.resolve('done'), 60_000)).toBe(true)
  await vi.waitFor(() =>
    expect(process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length).toBeLessThanOrEqual(before),
  )
})

test('work that takes longer is not settled', async () => {
  expect(await isSettledWithin(new Promise(() => undefined), 5)).toBe(false)
})

test('work that rejects in time rejects', async () => {
  await expect(isSettledWithin(Promise.reject(new Error('broken')), 60_000)).rejects.toThrow('broken')
})
