import type { StoredRecord } from '../../ports/store.ts'

/** No word has it in it, so neither a word nor the beginning of one finds these tokens. */
const mark = '\u0001'

/** Stands for a channel's records, by the channel's number, or for those of one collection. */
export function placeToken(channel: number, collection: string | null): string {
  return collection === null ? `${mark}${channel}` : `${mark}${channel}${mark}${collection}`
}

/** The longest lexeme that PostgreSQL takes, in bytes. Words are cut long before. */
const longestToken = 2046

/** What is indexed of a record, space-separated; `null`: it is not found. */
export function tokensOf(row: {
  readonly number: number
  readonly record: StoredRecord
  readonly words: string
}): string | null {
  const words = row.words.split(' ').filter((word) => word !== '' && Buffer.byteLength(word) <= longestToken)
  if (words.length === 0) return null
  return [...words, placeToken(row.number, null), placeToken(row.number, row.record.collection)].join(' ')
}

/** A `tsquery`: all words, the prefix, and one of the places, where they are told. */
export function queryOf(
  sought: { readonly words: readonly string[]; readonly prefix: string | null },
  places: readonly string[] = [],
): string {
  const parts = sought.words.map(quoted)
  if (sought.prefix !== null) parts.push(`${quoted(sought.prefix)}:*`)
  if (places.length > 0) parts.push(`(${places.map(quoted).join(' | ')})`)
  return parts.join(' & ')
}

/** Quoted, so that nothing in it is taken for syntax. */
function quoted(word: string): string {
  return `'${word.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`
}

/** Whether every word is one that could have been indexed. */
export function isSearchable(sought: { readonly words: readonly string[]; readonly prefix: string | null }): boolean {
  return [...sought.words, sought.prefix ?? ''].every((word) => Buffer.byteLength(word) <= longestToken)
}
