import { expect, test } from 'vitest'
import { axisShare, bucketCount, delayBuckets } from './delay-buckets.ts'

test('delays are counted by their place on a logarithmic axis, those beyond its ends at the nearer end', () => {
  const counts = delayBuckets([0, 0.5, 100, 100, 60_000])
  expect(counts).toHaveLength(bucketCount)
  expect([counts[0], counts[bucketCount / 2], counts.at(-1)]).toEqual([2, 2, 1])
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(5)
})

test('each power of ten takes the same part of the axis', () => {
  expect([1, 10, 100, 1000, 10_000].map((ms) => Number(axisShare(ms).toFixed(6)))).toEqual([0, 0.25, 0.5, 0.75, 1])
})
