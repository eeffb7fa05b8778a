/** The CPU of the server in equal slices of one period: how much they vary is all that a single round says about its noise. */
import type { Target } from '../targets/target.ts'

const slices = 8

/**
 * Waits until `toMs`, and returns the seconds of CPU of each slice from `fromMs` on; none where the server does not report its CPU.
 * @param until waits until a moment of the same clock
 */
export async function measureCpuSlices(
  target: Target,
  until: (ms: number) => Promise<void>,
  fromMs: number,
  toMs: number,
): Promise<number[]> {
  if (toMs <= fromMs) return []
  const seen = [await target.usage()]
  for (let slice = 1; slice <= slices; slice++) {
    await until(fromMs + ((toMs - fromMs) * slice) / slices)
    seen.push(await target.usage())
  }
  return seen.slice(1).flatMap((after, index) => {
    const before = seen[index] ?? null
    return before === null || after === null ? [] : [after.cpuSeconds - before.cpuSeconds]
  })
}

/**
 * Two standard errors of their mean, as a part of it: where the mean of another such round may well lie. `null`: not
 * known.
 */
export function sliceNoise(all: readonly number[]): number | null {
  const mean = all.reduce((sum, each) => sum + each, 0) / all.length
  if (all.length < 2 || mean <= 0) return null
  const variance = all.reduce((sum, each) => sum + (each - mean) ** 2, 0) / (all.length - 1)
  return (2 * Math.sqrt(variance / all.length)) / mean
}
