/** Where and how the lines of one input are published. */
export interface Publishing {
  readonly channel: string
  readonly collection: string
  /** With the number of a line it makes the idempotency key of the line's write. */
  readonly key: string
  /** Each line is a whole record, and not the data alone. */
  readonly whole: boolean
  /** The author of lines that name none; undefined: the caller. */
  readonly author: string | undefined
}
