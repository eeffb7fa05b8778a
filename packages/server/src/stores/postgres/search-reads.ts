import type { SearchQuery, SearchRead } from '../../ports/store.ts'
import { neededParts, searchPosition } from '../search-match.ts'
import type { Connections, Link, Statement } from './connections.ts'
import { recordColumns, recordColumnsOf, recordOf, recordWidth, type SqlRow } from './rows.ts'
import { isSearchable, placeToken, queryOf } from './search-tokens.ts'

/** Up to so many channels the index is asked within them; of more, it is asked in all. */
const channelsInQuery = 32

const findChannels: Statement = {
  name: 'channels to search',
  text: 'SELECT name, number FROM dovetail.channels WHERE name = ANY ($1) AND NOT deleted',
}

const findFloor: Statement = {
  name: 'where the newest end',
  text: `SELECT row FROM dovetail.records WHERE tokens IS NOT NULL AND row < $1 ORDER BY row DESC
    OFFSET $2 LIMIT 1`,
}

const inPlace = 'channel = ANY ($3) AND ($4::text IS NULL OR collection = $4)'

/** A function's name instead of its operator: that keeps the index out of it. */
const walkNewest: Statement = {
  name: 'search the newest',
  text: `SELECT ${recordColumns}, row, channel FROM dovetail.records
    WHERE tokens IS NOT NULL AND row < $1 AND row >= $2 AND ${inPlace} AND ts_match_vq(tokens, $5::tsquery)
    ORDER BY row DESC LIMIT $6`,
}

const askIndex: Statement = {
  name: 'search the index',
  text: `WITH found AS MATERIALIZED (
      SELECT row FROM dovetail.records WHERE tokens @@ $2::tsquery AND row < $1 AND ${inPlace}),
    newest AS MATERIALIZED (SELECT row FROM found ORDER BY row DESC LIMIT $5)
    SELECT ${recordColumnsOf('r')}, r.row, r.channel FROM newest JOIN dovetail.records r ON r.row = newest.row
    WHERE r.tokens IS NOT NULL ORDER BY r.row DESC`,
}

const nothing: SearchRead = { hits: [], after: null }

/** Searches, each in one snapshot. */
export class SearchReads {
  readonly #connections: Connections
  readonly #newestLookedAt: number

  /**
   * So many of the newest records are looked at one by one: words that are common are found there.
   * Only where that is not enough is the index asked, for words that must be rare then; it would have
   * to gather every record with a common one before it could tell the newest.
   */
  constructor(connections: Connections, newestLookedAt: number) {
    this.#connections = connections
    this.#newestLookedAt = newestLookedAt
  }

  async search(query: SearchQuery): Promise<SearchRead> {
    const before = searchPosition(query.after)
    if (neededParts(query) === null || before === null || !isSearchable(query)) return nothing
    return await this.#connections.snapshot((link) =>
      find(link, query, { before, newestLookedAt: this.#newestLookedAt }),
    )
  }
}

interface Bounds {
  readonly before: number
  readonly newestLookedAt: number
}

async function find(link: Link, query: SearchQuery, { before, newestLookedAt }: Bounds): Promise<SearchRead> {
  const [channels, [floorRow]] = await Promise.all([
    link.query(findChannels, [[...new Set(query.channels)]]),
    link.query(findFloor, [before, newestLookedAt - 1]),
  ])
  if (channels.length === 0) return nothing
  const names = new Map(channels.map(([name, number]) => [Number(number), String(name)]))
  const floor = floorRow === undefined ? 0 : Number(floorRow[0])
  const numbers = [...names.keys()]
  const limit = query.limit + 1
  const walked = await link.query(walkNewest, [before, floor, numbers, query.collection, queryOf(query), limit])
  const rows = [...walked]
  if (rows.length < limit && floor > 0)
    rows.push(...(await askedOf(link, query, { floor, numbers, limit: limit - rows.length })))
  return readOf(rows, query.limit, names)
}

async function askedOf(
  link: Link,
  query: SearchQuery,
  { floor, numbers, limit }: { readonly floor: number; readonly numbers: readonly number[]; readonly limit: number },
): Promise<readonly SqlRow[]> {
  const places = numbers.length > channelsInQuery ? [] : numbers.map((number) => placeToken(number, query.collection))
  return await link.query(askIndex, [floor, queryOf(query, places), numbers, query.collection, limit])
}

function readOf(rows: readonly SqlRow[], limit: number, names: ReadonlyMap<number, string>): SearchRead {
  const given = rows.slice(0, limit)
  const hits = given.map((row) => ({ channel: names.get(Number(row[recordWidth + 1])) ?? '', record: recordOf(row) }))
  return { hits, after: rows.length > given.length ? String(given.at(-1)?.[recordWidth]) : null }
}
