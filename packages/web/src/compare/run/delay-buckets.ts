/** The delays of a way on a logarithmic axis, in as many buckets as a row has room for. */

export const shortestMs = 1
export const longestMs = 10_000
export const bucketCount = 32

/** Where on the axis a delay lies, 0 to 1; beyond its ends, the nearer end. */
export function axisShare(ms: number): number {
  const share = Math.log(Math.max(ms, shortestMs) / shortestMs) / Math.log(longestMs / shortestMs)
  return Math.min(1, share)
}

/** How many of the delays are in each bucket, the shortest first. */
export function delayBuckets(delays: readonly number[]): number[] {
  const counts = new Array<number>(bucketCount).fill(0)
  for (const delay of delays) {
    const bucket = Math.min(bucketCount - 1, Math.floor(axisShare(delay) * bucketCount))
    counts[bucket] = (counts[bucket] ?? 0) + 1
  }
  return counts
}
