import type { SearchQuery, SearchRead } from '../../../ports/store.ts'
import { neededParts, searchPosition } from '../../shared/search-match.ts'
import type { Database, SqlRow, Statement } from '../driver/driver.ts'
import { recordColumnsOf, recordOf } from '../tables/rows.ts'
import { indexedPrefix, matchOf, matchWithin } from './search-tokens.ts'

/**
 * Up to this many partitions are searched in the index; with more, a walk from the newest record on
 * finds hits soon.
 */
const partitionsLookedUp = 32

/**
 * How many of the newest rows with the indexed part of a long prefix are read one by one for the rest of it. The index
 * would gather every row that has a word with the prefix before it could give the newest.
 */
const candidatesRead = 500

/** Searches, each in one snapshot. */
export class SearchReads {
  readonly #begin: Statement
  readonly #end: Statement
  readonly #partitions: Statement
  readonly #within: Statement
  readonly #walk: Statement
  readonly #holding: Statement
  readonly #unindexed: Statement
  readonly #record: Statement

  constructor(database: Database) {
    this.#begin = database.prepare('BEGIN')
    this.#end = database.prepare('COMMIT')
    this.#partitions = database.prepare(
      `SELECT s.shelf FROM json_each(?1) AS asked
       JOIN channels c ON c.name = asked.value AND c.deleted = 0
       JOIN shelves s ON s.channel = c.channel AND (?2 IS NULL OR s.collection = ?2)`,
    )
    const isStale = 'EXISTS (SELECT 1 FROM search_stale stale WHERE stale.row = search_index.rowid)'
    this.#within = database.prepare(
      `SELECT rowid FROM search_index WHERE search_index MATCH ?1 AND rowid < ?2 AND NOT ${isStale}
       ORDER BY rowid DESC LIMIT ?3`,
    )
    this.#walk = database.prepare(
      `SELECT search_index.rowid FROM search_index CROSS JOIN search_shelf s ON s.row = search_index.rowid
       WHERE search_index MATCH ?1 AND search_index.rowid < ?2 AND NOT ${isStale}
         AND s.shelf IN (SELECT value FROM json_each(?4))
       ORDER BY search_index.rowid DESC LIMIT ?3`,
    )
    this.#holding = database.prepare(
      `SELECT row FROM search_text
       WHERE row IN (SELECT value FROM json_each(?1)) AND instr(' ' || words, ?2) > 0 ORDER BY row DESC LIMIT ?3`,
    )
    // Each part must be somewhere in the words.
    const matches = `shelf IN (SELECT value FROM json_each(?1))
      AND NOT EXISTS (SELECT 1 FROM json_each(?2) AS part WHERE instr(' ' || words || ' ', part.value) = 0)`
    this.#unindexed = database.prepare(
      `SELECT row FROM search_text
       WHERE row > (SELECT indexed FROM search_state) AND row < ?3 AND ${matches}
       UNION ALL
       SELECT t.row FROM search_stale CROSS JOIN search_text t USING (row) WHERE row < ?3 AND ${matches}
       ORDER BY row DESC LIMIT ?4`,
    )
    this.#record = database.prepare(
      `SELECT ${recordColumnsOf('r')}, c.name FROM records r JOIN channels c ON c.channel = r.channel WHERE r.row = ?`,
    )
  }

  search(query: SearchQuery): SearchRead {
    const parts = neededParts(query)
    const before = searchPosition(query.after)
    if (parts === null || before === null) return { hits: [], after: null }
    this.#begin.run()
    try {
      return this.#find(query, parts, before)
    } finally {
      this.#end.run()
    }
  }

  #find(query: SearchQuery, parts: readonly string[], before: number): SearchRead {
    const asked = JSON.stringify([...new Set(query.channels)])
    const partitions = this.#partitions.all(asked, query.collection).map(([partition]) => Number(partition))
    if (partitions.length === 0) return { hits: [], after: null }
    const limit = query.limit + 1
    const rows = [
      ...this.#indexed(partitions, query, before, limit),
      ...this.#unindexed.all(JSON.stringify(partitions), JSON.stringify(parts), before, limit),
    ].map(([row]) => Number(row))
    rows.sort((a, b) => b - a)
    const given = rows.slice(0, query.limit)
    return {
      hits: given.flatMap((row) => this.#hitOf(row)),
      after: rows.length > given.length ? String(given.at(-1)) : null,
    }
  }

  #indexed(partitions: readonly number[], query: SearchQuery, before: number, limit: number): readonly SqlRow[] {
    const short = indexedPrefix(query.prefix)
    if (short === query.prefix) return this.#matching(partitions, matchOf(query), before, limit)
    // Words that begin alike for five letters mostly go on alike too, so that these are often enough.
    const read = Math.max(candidatesRead, 2 * limit)
    const candidates = this.#matching(partitions, matchOf({ ...query, prefix: short }), before, read)
    const rows = JSON.stringify(candidates.map(([row]) => row))
    const found = this.#holding.all(rows, ` ${query.prefix}`, limit)
    const last = candidates.at(-1)?.[0]
    if (found.length === limit || candidates.length < read || typeof last !== 'number') return found
    return [...found, ...this.#matching(partitions, matchOf(query), last, limit - found.length)]
  }

  #matching(partitions: readonly number[], match: string, before: number, limit: number): readonly SqlRow[] {
    if (partitions.length <= partitionsLookedUp) return this.#within.all(matchWithin(partitions, match), before, limit)
    return this.#walk.all(match, before, limit, JSON.stringify(partitions))
  }

  #hitOf(row: number): SearchRead['hits'] {
    const found = this.#record.get(row)
    return found === undefined ? [] : [{ channel: String(found.at(-1)), record: recordOf(found) }]
  }
}
