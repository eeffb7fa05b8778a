/** The value below which this share of all lies; of none: `null`. `sorted`: in rising order. */
export function valueAt(sorted: readonly number[], share: number): number | null {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? null
}

/** Of an even number of values the upper one of the two in the middle; of none: NaN. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return valueAt(sorted, 0.5) ?? Number.NaN
}
