export interface Faster {
  readonly name: string
  readonly p99Ms: number
  readonly timesTheCost: number
}
