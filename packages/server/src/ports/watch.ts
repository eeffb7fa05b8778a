/** How a node learns what other processes wrote to a store: asked about once a second, at a cost that follows change. */
export interface Touched {
  /** Channels touched since the mark. A channel may be told of again, and with a head of a moment ago. */
  readonly channels: readonly {
    readonly name: string
    /** `null`: it was deleted. */
    readonly epoch: string | null
    /** The head that it has now. */
    readonly head: number
  }[]
  readonly revocationsChanged: boolean
  /**
   * The store lost what it kept, or went back to an earlier time: any channel may be another, or gone.
   * Until it is asked with the mark of this answer, it may say of a channel that is missing that it is unavailable.
   */
  readonly lost?: true
  /** Where the next look goes on. */
  readonly mark: string
}

export interface StoreWatch {
  /**
   * What was touched since the look that gave this mark; `null`: from now. Looks overlap by more
   * than the longest write, so that one that commits late is not missed. Throws `StoreUnavailable`.
   */
  touched(mark: string | null): Promise<Touched>
}
