/** What one reader of a channel asked for. */
export interface FeedOptions {
  /** Whether some records of the channel count by their last state only (`deliver: 'latest'`). */
  readonly hasLatest: boolean
  readonly signals: boolean
  readonly presence: boolean
  /** Whether this reader is sent the channel's demand: whether anybody reads it. */
  readonly demand: boolean
  /** Whether this reader counts as one (a feeder that asks for demand does not). */
  readonly counted: boolean
  /** Whether this reader takes what was appended to a record in place of the whole record. */
  readonly appends?: boolean | undefined
  /** Whether this reader is told the traces of changes. */
  readonly traces?: boolean | undefined
  /** The head of the log when the reader came: what it read before may lack what changed again up to here. */
  readonly foldedTo?: number | undefined
  /** The most bytes of a frame's JSON that this reader takes; `null`: it takes the frames that the node makes. */
  readonly maxBytes: number | null
  /** The floor of the log when the reader began at its beginning, where its cursor says so. */
  readonly begunAt?: number | undefined
  readonly onEnded: (reason: 'forbidden' | 'deleted') => void
  /** A catch-up could not read the store: the connection has to be closed, so that the reader resumes on a new one. */
  readonly onBroken: (error: unknown) => void
}
