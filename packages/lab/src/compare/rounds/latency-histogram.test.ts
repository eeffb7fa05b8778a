import { expect, test } from 'vitest'
import { LatencyHistogram } from './latency-histogram.ts'

const histogramOf = (values: readonly number[]) => {
  const histogram = new LatencyHistogram()
  for (const value of values) histogram.record(value)
  return histogram
}

test('every latency is in one bucket, whose bounds hold it', () => {
  const values = [0, 0.05, 0.1, 1, 9.99, 10, 2500, 60_000]
  const { histogram, count } = histogramOf(values).figures()
  expect(histogram.reduce((sum, bucket) => sum + bucket.count, 0)).toBe(count)
  for (const value of values) {
    const holding = histogram.filter(({ fromMs, toMs }) => fromMs <= value && value < toMs)
    expect([value, holding.length]).toEqual([value, 1])
  }
})

test('percentiles are within a thousandth of what was recorded', () => {
  const { p50, p90, p99, max, mean } = histogramOf(Array.from({ length: 1000 }, (_, i) => i + 1)).figures()
  expect([p50, p90, p99, max, mean].map((ms) => Math.round((ms ?? 0) / 10))).toEqual([50, 90, 99, 100, 50])
})

test('the sum of two histograms equals one that recorded both', () => {
  const [a, b] = [
    [1, 5, 5],
    [2, 700],
  ]
  const sum = histogramOf(a ?? [])
  sum.add(histogramOf(b ?? []))
  expect(sum.figures()).toEqual(histogramOf([...(a ?? []), ...(b ?? [])]).figures())
})

test('a histogram of nothing has no figures, rather than zeros', () => {
  expect(new LatencyHistogram().figures()).toMatchObject({ count: 0, mean: null, p50: null, max: null, histogram: [] })
})
