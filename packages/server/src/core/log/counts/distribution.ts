/**
 * How often values were at most so large, in plain numbers: to count a value costs a few comparisons. The metrics read it
 * as a histogram.
 */
export class Distribution {
  /** Upper bounds, rising. */
  readonly bounds: readonly number[]
  /** How many values were at most the bound of this slot, and above the one before; the last counts all larger ones. */
  readonly counts: number[]
  sum = 0

  constructor(bounds: readonly number[]) {
    this.bounds = bounds
    this.counts = new Array<number>(bounds.length + 1).fill(0)
  }

  count(value: number): void {
    let slot = 0
    while (slot < this.bounds.length && value > (this.bounds[slot] ?? 0)) slot++
    this.counts[slot] = (this.counts[slot] ?? 0) + 1
    this.sum += value
  }
}

/** Bounds in seconds for what should take milliseconds. */
export const secondBounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] as const
