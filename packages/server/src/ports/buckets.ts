/** Token buckets that all nodes share, for limits that are worth a network request: never for every command. */
export interface SharedBuckets {
  /**
   * Takes one token. Resolves with 0 where a token was left, else with the seconds until the next one.
   * Rejects with `StoreUnavailable` where the buckets' store can't be reached.
   */
  take(bucket: {
    /** What is limited, and for whom. */
    readonly name: string
    readonly key: string
    readonly perSecond: number
    /** How many tokens a full bucket holds. A bucket that was never used is full. */
    readonly burst: number
  }): Promise<number>
}
