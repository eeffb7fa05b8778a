import { expect, test } from 'vitest'
import { cpuSlices, sliceNoise } from './cpu-slices.ts'
import type { Target } from './target.ts'

function target(told: readonly (number | null)[]): Target {
  let asked = 0
  return {
    url: '',
    endpoint: { authority: '', host: '', port: 0, isSecure: false },
    token: '',
    usage: async () => {
      const cpuSeconds = told[asked++] ?? null
      return cpuSeconds === null ? null : { cpuSeconds, memoryBytes: 0, objectBytes: null }
    },
    collect: async () => {},
    stop: async () => {},
  }
}

test('a stretch is cut into eight of the same length, and each has what was used in it', async () => {
  const waited: number[] = []
  const until = async (ms: number): Promise<void> => void waited.push(ms)
  const found = await cpuSlices(target([1, 2, 4, 4, 5, 6, 7, 8, 10]), until, 1000, 1800)
  expect(found).toEqual([1, 2, 0, 1, 1, 1, 1, 2])
  expect(waited).toEqual([1100, 1200, 1300, 1400, 1500, 1600, 1700, 1800])
})

test('no time, or a server that does not tell, has no slices', async () => {
  expect(await cpuSlices(target([1]), async () => {}, 5, 5)).toEqual([])
  expect(await cpuSlices(target([]), async () => {}, 0, 80)).toEqual([])
})

test('noise is two standard errors, as a part of the mean', () => {
  expect(sliceNoise([3, 3, 3, 3])).toBe(0)
  // Mean 2, variance 4/3 of four: a standard error of 0.577.
  expect(sliceNoise([1, 3, 1, 3])).toBeCloseTo(0.577, 3)
  expect([sliceNoise([]), sliceNoise([1]), sliceNoise([0, 0])]).toEqual([null, null, null])
})
