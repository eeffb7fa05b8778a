import type { SearchQuery, SearchRead } from '../../ports/store.ts'
import { neededParts, searchPosition } from '../search-match.ts'
import type { Database, SqlRow, Statement } from './driver.ts'
import { recordColumnsOf, recordOf } from './rows.ts'
import { matchOf, matchWithin } from './search-tokens.ts'

/** Up to this many shelves are looked up in the index; among more, a walk from the newest on meets hits soon. */
const shelvesLookedUp = 32

/** Searches, each in one snapshot. */
export class SearchReads {
  readonly #begin: Statement
  readonly #end: Statement
  readonly #shelves: Statement
  readonly #within: Statement
  readonly #walk: Statement
  readonly #unindexed: Statement
  readonly #record: Statement

  constructor(database: Database) {
    this.#begin = database.prepare('BEGIN')
    this.#end = database.prepare('COMMIT')
    this.#shelves = database.prepare(
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
    // Every part that is sought has to be somewhere in the words.
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
    const shelves = this.#shelves.all(asked, query.collection).map(([shelf]) => Number(shelf))
    if (shelves.length === 0) return { hits: [], after: null }
    const limit = query.limit + 1
    const rows = [
      ...this.#indexed(shelves, matchOf(query), before, limit),
      ...this.#unindexed.all(JSON.stringify(shelves), JSON.stringify(parts), before, limit),
    ].map(([row]) => Number(row))
    rows.sort((a, b) => b - a)
    const given = rows.slice(0, query.limit)
    return {
      hits: given.flatMap((row) => this.#hitOf(row)),
      after: rows.length > given.length ? String(given.at(-1)) : null,
    }
  }

  #indexed(shelves: readonly number[], match: string, before: number, limit: number): readonly SqlRow[] {
    if (shelves.length <= shelvesLookedUp) return this.#within.all(matchWithin(shelves, match), before, limit)
    return this.#walk.all(match, before, limit, JSON.stringify(shelves))
  }

  #hitOf(row: number): SearchRead['hits'] {
    const found = this.#record.get(row)
    return found === undefined ? [] : [{ channel: String(found.at(-1)), record: recordOf(found) }]
  }
}
