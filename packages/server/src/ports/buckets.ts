/** Token buckets that all nodes share, for what may be asked for over a network: never for every command. */
export interface SharedBuckets {
  /**
   * Takes one token; resolves with 0 where there was one, else with the seconds until there is.
   * Rejects with `StoreUnavailable` where the place is away.
   */
  take(bucket: {
    /** What is limited, and for whom. */
    readonly name: string
    readonly key: string
    readonly perSecond: number
    /** How many tokens a full bucket has; one that was never asked is full. */
    readonly burst: number
  }): Promise<number>
}
