import type { StoredRecord } from '../../../ports/store.ts'

/** No word contains this character, so neither a word nor a prefix matches these tokens. */
const mark = '\u0001'

/** The token of a channel's records, or of those of one collection, by the channel's number. */
export function placeToken(channel: number, collection: string | null): string {
  return collection === null ? `${mark}${channel}` : `${mark}${channel}${mark}${collection}`
}

/** The longest lexeme that PostgreSQL accepts, in bytes. Words are cut at far less. */
const longestToken = 2046

/** The tokens to index for a record, space-separated; `null`: no search finds the record. */
export function tokensOf(row: {
  readonly number: number
  readonly record: Pick<StoredRecord, 'collection'>
  readonly words: string
}): string | null {
  const words = row.words.split(' ').filter((word) => word !== '' && Buffer.byteLength(word) <= longestToken)
  if (words.length === 0) return null
  return [...words, placeToken(row.number, null), placeToken(row.number, row.record.collection)].join(' ')
}

/** A `tsquery`: all words, the prefix, and one of the channels or collections, where these are given. */
export function queryOf(
  sought: { readonly words: readonly string[]; readonly prefix: string | null },
  places: readonly string[] = [],
): string {
  const parts = sought.words.map(quoted)
  if (sought.prefix !== null) parts.push(`${quoted(sought.prefix)}:*`)
  if (places.length > 0) parts.push(`(${places.map(quoted).join(' | ')})`)
  return parts.join(' & ')
}

/** Quoted, so that no character is read as syntax. */
function quoted(word: string): string {
  return `'${word.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`
}

/** Whether every word is short enough to be in the index. */
export function isSearchable(sought: { readonly words: readonly string[]; readonly prefix: string | null }): boolean {
  return [...sought.words, sought.prefix ?? ''].every((word) => Buffer.byteLength(word) <= longestToken)
}
