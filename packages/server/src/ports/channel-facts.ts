/** The facts of a channel, read in one snapshot. */
export interface ChannelFacts {
  readonly name: string
  /** The incarnation of its log: letters and digits, new with each incarnation. */
  readonly epoch: string
  /** The revision of the last change; 0 only where the channel was opened and nothing was written. */
  readonly head: number
  /** Cursors below this can't be continued: tombstones up to this revision were purged. 0 where none were. */
  readonly floor: number
  /** The revision of the last change in the collection `members`; 0 where there was none. */
  readonly membersRev: number
  readonly createdAt: number
  readonly visibility: 'public' | 'private'
  readonly title: string | null
}
