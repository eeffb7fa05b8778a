/**
 * How a node learns what other processes wrote to a store. A node calls it about once a second; the cost
 * follows the number of changes.
 */
export interface Touched {
  /** Channels touched since the mark. A channel may be listed again, and with a slightly older head. */
  readonly channels: readonly {
    readonly name: string
    /** `null`: the channel was deleted. */
    readonly epoch: string | null
    /** The channel's head at the time of the call. */
    readonly head: number
  }[]
  readonly revocationsChanged: boolean
  /**
   * The store lost data, or was restored to an earlier time: any channel may have another incarnation,
   * or be missing. Until a call passes the mark of this answer, the store may answer for a missing
   * channel that it is unavailable.
   */
  readonly lost?: true
  /** The mark to pass to the next call. */
  readonly mark: string
}

export interface StoreWatch {
  /**
   * The channels touched since the call that gave this mark; `null`: from now on. Calls overlap by more
   * than the longest write, so that a write that commits late is not missed. Throws `StoreUnavailable`.
   */
  touched(mark: string | null): Promise<Touched>
}
