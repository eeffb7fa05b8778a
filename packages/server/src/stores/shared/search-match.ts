import type { SearchQuery, SearchRead, StoredRecord } from '../../ports/store.ts'

type Sought = Pick<SearchQuery, 'words' | 'prefix'>

/** The parts that a record's words, with a space before and behind, must contain; `null`: nothing can be found. */
export function neededParts(query: Sought): readonly string[] | null {
  const parts = query.words.map((word) => ` ${word} `)
  if (query.prefix !== null) parts.push(` ${query.prefix}`)
  const sound = [...query.words, query.prefix ?? 'x'].every((word) => word !== '' && !/[\s\p{Cc}]/u.test(word))
  return parts.length > 0 && sound ? parts : null
}

/** The position in the order of a store's records; `null`: no answer gave this text. */
export function searchPosition(after: string | null): number | null {
  if (after === null) return Number.MAX_SAFE_INTEGER
  return /^[1-9][0-9]{0,14}$/.test(after) ? Number(after) : null
}

/** A record that a search found, and its position in the order of the store's records. */
export interface Found {
  readonly channel: string
  readonly record: StoredRecord
  readonly order: number
}

/** The newest `limit` hits of those found; `found` has one more where there are more. */
export function newestHits(found: readonly Found[], limit: number): SearchRead {
  const given = found.toSorted((a, b) => b.order - a.order).slice(0, limit)
  const hits = given.map(({ channel, record }) => ({ channel, record }))
  return { hits, after: found.length > given.length ? String(given.at(-1)?.order) : null }
}
