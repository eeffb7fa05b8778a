import { expect, test } from 'vitest'
import type { Target } from '../targets/target.ts'
import { measureCpuSlices, sliceNoise } from './cpu-slices.ts'

function target(usages: readonly (number | null)[]): Target {
  let asked = 0
  return {
    url: '',
    endpoint: { authority: '', host: '', port: 0, isSecure: false },
    token: '',
    usage: async () => {
      const cpuSeconds = usages[asked++] ?? null
      return cpuSeconds === null ? null : { cpuSeconds, memoryBytes: 0, objectBytes: null }
    },
    collect: async () => {},
    stop: async () => {},
  }
}

test('a period is cut into eight equal slices, each with the CPU used in it', async () => {
  const waited: number[] = []
  const until = async (ms: number): Promise<void> => void waited.push(ms)
  const found = await measureCpuSlices(target([1, 2, 4, 4, 5, 6, 7, 8, 10]), until, 1000, 1800)
  expect(found).toEqual([1, 2, 0, 1, 1, 1, 1, 2])
  expect(waited).toEqual([1100, 1200, 1300, 1400, 1500, 1600, 1700, 1800])
})

test('a period of no length, or a server that does not report its CPU, has no slices', async () => {
  expect(await measureCpuSlices(target([1]), async () => {}, 5, 5)).toEqual([])
  expect(await measureCpuSlices(target([]), async () => {}, 0, 80)).toEqual([])
})

test('noise is two standard errors, as a part of the mean', () => {
  expect(sliceNoise([3, 3, 3, 3])).toBe(0)
  // Mean 2, variance 4/3 of four: a standard error of 0.577.
  expect(sliceNoise([1, 3, 1, 3])).toBeCloseTo(0.577, 3)
  expect([sliceNoise([]), sliceNoise([1]), sliceNoise([0, 0])]).toEqual([null, null, null])
})
