/** What can be read from a store: single records, pages, changes and searches. */
import type { ChannelFacts } from './channel-facts.ts'
import type { StoredRecord } from './stored-record.ts'

export interface Target {
  readonly collection: string
  readonly recordId: string
}

/** Point reads of one channel, all from one snapshot. */
export interface Lookup {
  readonly channel: ChannelFacts | null
  /** In the order requested, tombstones included; `null`: no such row. */
  readonly records: readonly (StoredRecord | null)[]
  /** What the key was used for, with its record as it is now; `null`: unknown key. */
  readonly key: { readonly fingerprint: string; readonly record: StoredRecord } | null
}

/** Live records of one collection in rising `pos`. */
export interface PageQuery {
  readonly channel: string
  readonly collection: string
  readonly from:
    | { readonly newest: true }
    | { readonly before: number }
    | { readonly after: number }
    /** The page with this `pos` in its middle, whether or not a record has it. */
    | { readonly around: number }
  readonly limit: number
  /**
   * The page's encoded records stay under this many bytes (one record is always given); `before` and
   * `after` say what is left.
   */
  readonly bytes: number
}

export interface RecordPage {
  readonly channel: ChannelFacts
  readonly records: readonly StoredRecord[]
  /** The `pos` to pass as `before` for the next page, where older records exist; else `null`. */
  readonly before: number | null
  /** The `pos` to pass as `after` for the next page, where newer records exist; else `null`. */
  readonly after: number | null
}

/** Which live records of one collection stand behind the newest `keep` ones. */
export interface SurplusQuery {
  readonly channel: string
  readonly collection: string
  readonly keep: number
}

export interface ChangesQuery {
  readonly channel: string
  /** Rows with a revision above this, in rising revision. */
  readonly after: number
  readonly limit: number
  readonly bytes: number
}

export interface ChangesRead {
  readonly channel: ChannelFacts
  readonly changes: readonly StoredRecord[]
  /** The revision that a reader has reached with these rows: the head, or the last row's revision where more follow. */
  readonly to: number
  readonly more: boolean
}

/**
 * Tokens are folded and split by `core/`: letters, digits and `_`, none with a space. A hit contains all
 * of them in its words, the last one as the prefix of a word. Hits come newest first, in the reverse of
 * the order in which the store made the records, so that no store has to score a million records. A
 * record that is changed or restored keeps its position in that order.
 */
export interface SearchQuery {
  /** Exact names, at least one. A channel that does not exist gives no hits. */
  readonly channels: readonly string[]
  /** `null`: every collection. */
  readonly collection: string | null
  readonly words: readonly string[]
  /** `null`: `words` alone. Without words and prefix there are no hits. */
  readonly prefix: string | null
  readonly limit: number
  /** The `after` of an earlier answer. A value that no answer gave finds nothing. */
  readonly after: string | null
}

export interface SearchRead {
  readonly hits: readonly { readonly channel: string; readonly record: StoredRecord }[]
  /** The value to pass as `after` for the next hits; `null`: there are no more. */
  readonly after: string | null
}
