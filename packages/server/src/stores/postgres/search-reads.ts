import type { SearchQuery, SearchRead } from '../../ports/store.ts'
import { neededParts, searchPosition } from '../search-match.ts'
import type { Connections, Link, Statement } from './connections.ts'
import { recordColumns, recordColumnsOf, recordOf, recordWidth, type SqlRow } from './rows.ts'
import { isSearchable, placeToken, queryOf } from './search-tokens.ts'

/** Up to so many channels the index is asked within them; of more, it is asked in all. */
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

/** A walk of its own, so that no index but that of the order has a part in it. */
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

/** The second query is looked at where the index has found something: a function's name instead of its operator keeps it out of there. */
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
  const walk = [before, newestLookedAt, numbers, query.collection, queryOf(query), limit]
  const rows = [...(await link.query(walkNewest, walk))]
  if (rows.length < limit && floor > 0) {
    const isBroad = await prefixIsBroad(link, query.prefix, { before, newestLookedAt })
    rows.push(...(await askedOf(link, query, { floor, numbers, isBroad, limit: limit - rows.length })))
  }
  return readOf(rows, query.limit, names)
}

/** Whether one record in so many has a word with this beginning: the index would gather every one of them. */
async function prefixIsBroad(link: Link, prefix: string | null, { before, newestLookedAt }: Bounds): Promise<boolean> {
  if (prefix === null) return false
  const [row] = await link.query(countNewest, [before, newestLookedAt, queryOf({ words: [], prefix })])
  return Number(row?.[0]) * broadOneIn > newestLookedAt
}

interface Asked {
  readonly floor: number
  readonly numbers: readonly number[]
  /** The prefix narrows little: what else is sought has to. */
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
