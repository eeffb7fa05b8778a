import type { SearchQuery, SearchRead } from '../../../ports/store.ts'
import { neededParts, searchPosition } from '../../shared/search-match.ts'
import type { Connections, Link, Statement } from '../connection/connections.ts'
import { recordColumns, recordColumnsOf, recordOf, recordWidth, type SqlRow } from '../rows/rows.ts'
import { isSearchable, placeToken, queryOf } from '../rows/search-tokens.ts'

/** Up to this many channels, the index is searched within them; with more, over all channels. */
const channelsInQuery = 32

const broadOneIn = 20

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

/** A separate query, so that only the index of the order is used. */
const newest = `(SELECT * FROM dovetail.records WHERE tokens IS NOT NULL AND row < $1 ORDER BY row DESC LIMIT $2) newest`

const walkNewest: Statement = {
  name: 'search the newest',
  text: `SELECT ${recordColumns}, row, channel FROM ${newest}
    WHERE ${inPlace} AND ts_match_vq(tokens, $5::tsquery) ORDER BY row DESC LIMIT $6`,
}

const countNewest: Statement = {
  name: 'count among the newest',
  text: `SELECT count(*) FROM ${newest} WHERE ts_match_vq(tokens, $3::tsquery)`,
}

/**
 * The second query only filters what the index has found: a function instead of its operator keeps it
 * out of the index.
 */
const askIndex: Statement = {
  name: 'search the index',
  text: `WITH found AS MATERIALIZED (
      SELECT row FROM dovetail.records
      WHERE tokens @@ $2::tsquery AND ts_match_vq(tokens, $5::tsquery) AND row < $1 AND ${inPlace}),
    top AS MATERIALIZED (SELECT row FROM found ORDER BY row DESC LIMIT $6)
    SELECT ${recordColumnsOf('r')}, r.row, r.channel FROM top JOIN dovetail.records r ON r.row = top.row
    WHERE r.tokens IS NOT NULL ORDER BY r.row DESC`,
}

const nothing: SearchRead = { hits: [], after: null }

/** Searches, each in one snapshot. */
export class SearchReads {
  readonly #connections: Connections
  readonly #newestLookedAt: number

  /**
   * A search first reads `newestLookedAt` of the newest records one by one, which finds common words.
   * Only where that gives too few hits does it use the index, for words that must then be rare: for a
   * common word the index would gather every record before it could give the newest.
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
  const walk = [before, newestLookedAt, numbers, query.collection, queryOf(query), limit]
  const rows = [...(await link.query(walkNewest, walk))]
  if (rows.length < limit && floor > 0) {
    const isBroad = await prefixIsBroad(link, query.prefix, { before, newestLookedAt })
    rows.push(...(await askedOf(link, query, { floor, numbers, isBroad, limit: limit - rows.length })))
  }
  return readOf(rows, query.limit, names)
}

/** Whether so large a share of the newest records has a word with this prefix that the index would gather too many. */
async function prefixIsBroad(link: Link, prefix: string | null, { before, newestLookedAt }: Bounds): Promise<boolean> {
  if (prefix === null) return false
  const [row] = await link.query(countNewest, [before, newestLookedAt, queryOf({ words: [], prefix })])
  return Number(row?.[0]) * broadOneIn > newestLookedAt
}

interface Asked {
  readonly floor: number
  readonly numbers: readonly number[]
  /** Whether the prefix is too common to narrow the search; the other words then have to. */
  readonly isBroad: boolean
  readonly limit: number
}

async function askedOf(link: Link, query: SearchQuery, asked: Asked): Promise<readonly SqlRow[]> {
  const { floor, numbers, isBroad, limit } = asked
  const places = numbers.length > channelsInQuery ? [] : numbers.map((number) => placeToken(number, query.collection))
  const leaveOut = isBroad && (query.words.length > 0 || places.length > 0)
  const indexed = queryOf(leaveOut ? { words: query.words, prefix: null } : query, places)
  return await link.query(askIndex, [floor, indexed, numbers, query.collection, queryOf(query), limit])
}

function readOf(rows: readonly SqlRow[], limit: number, names: ReadonlyMap<number, string>): SearchRead {
  const given = rows.slice(0, limit)
  const hits = given.map((row) => ({ channel: names.get(Number(row[recordWidth + 1])) ?? '', record: recordOf(row) }))
  return { hits, after: rows.length > given.length ? String(given.at(-1)?.[recordWidth]) : null }
}
