/** Hits of a store that hold the query's phrases, of which a store knows the pairs of characters alone. */
import type { SearchQuery, SearchRead, Store, StoredRecord } from '../../ports/store.ts'
import { holdPhrases, type QueryWords } from '../rules/query-words.ts'

export interface Sought extends SearchQuery, QueryWords {}

/** The text of the fields that are searched. */
export type TextsOf = (channel: string, record: StoredRecord) => readonly string[]

/** How many hits are checked in a round, and in how many rounds: a text with all pairs of a phrase but not the phrase is rare. */
const checkedHits = 100
const rounds = 20

export async function findHits(store: Store, sought: Sought, textsOf: TextsOf): Promise<SearchRead> {
  const { phrases, ...query } = sought
  if (phrases.length === 0) return store.search(query)
  const holding = ({ hits }: SearchRead) =>
    hits.filter(({ channel, record }) => holdPhrases(textsOf(channel, record), sought))
  const found: SearchRead['hits'][number][] = []
  let after = query.after
  for (let round = 0; round < rounds; round++) {
    const part = await store.search({ ...query, after, limit: Math.max(checkedHits, query.limit) })
    const kept = holding(part)
    const last = kept[query.limit - found.length - 1]
    if (last !== undefined && last !== part.hits.at(-1)) {
      // The answer ends within this part: asked again, the store says where.
      const cut = await store.search({ ...query, after, limit: part.hits.indexOf(last) + 1 })
      return { hits: [...found, ...holding(cut)], after: cut.after }
    }
    found.push(...kept)
    after = part.after
    if (last !== undefined || after === null) break
  }
  return { hits: found, after }
}
