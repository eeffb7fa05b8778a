/** The value below which this share of all lies; of none: `null`. `sorted`: in rising order. */
export function valueAt(sorted: readonly number[], share: number): number | null {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? null
}
