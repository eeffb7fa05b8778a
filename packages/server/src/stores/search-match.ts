import type { SearchQuery } from '../ports/store.ts'

type Sought = Pick<SearchQuery, 'words' | 'prefix'>

/** What a record's words, with a space before and behind, must contain; `null`: nothing can be found. */
export function neededParts(query: Sought): readonly string[] | null {
  const parts = query.words.map((word) => ` ${word} `)
  if (query.prefix !== null) parts.push(` ${query.prefix}`)
  const sound = [...query.words, query.prefix ?? 'x'].every((word) => word !== '' && !/[\s\p{Cc}]/u.test(word))
  return parts.length > 0 && sound ? parts : null
}

/** A position as a store numbers its records; `null`: no answer gave it. */
export function searchPosition(after: string | null): number | null {
  if (after === null) return Number.MAX_SAFE_INTEGER
  return /^[1-9][0-9]{0,14}$/.test(after) ? Number(after) : null
}
