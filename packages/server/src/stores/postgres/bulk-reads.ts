import type { ChangesQuery, ChangesRead, PageQuery, RecordPage, Store, StoredRecord } from '../../ports/store.ts'
import { changeBytes } from '../encoded-bytes.ts'
import { type PagePlace, pagePlace, takePage } from '../take-page.ts'
import type { Connections, Statement } from './connections.ts'
import {
  channelColumns,
  channelOf,
  channelWidth,
  recordColumns,
  recordColumnsOf,
  recordOf,
  type SqlRow,
} from './rows.ts'

/**
 * Rows of an ordered walk, up to the second that has so many bytes of data before it, so that a
 * page bound by bytes reads about what it gives. Encoded data counts for more bytes, not less, and
 * one record is given whatever its size: the row at which the page ends is always among these.
 * Lengths are known without reading what they are of.
 */
function bounded(walk: string, order: string, bytes: string): string {
  return `SELECT ${recordColumns} FROM (
      SELECT *, coalesce(sum(octet_length(data))
        OVER (ORDER BY ${order} ROWS BETWEEN UNBOUNDED PRECEDING AND 2 PRECEDING), 0) AS bytes
      FROM (${walk}) AS walk) AS summed
    WHERE bytes < ${bytes}`
}

const walk = (collection: string, beyond: string, order: string, limit: string): string =>
  `SELECT ${recordColumns} FROM dovetail.records
   WHERE channel = c.number AND collection = ${collection} AND NOT deleted AND pos ${beyond} ORDER BY ${order} LIMIT ${limit}`

/** The channel on every row, beside the rows of both walks: one statement sees one moment. */
const pageRows: Statement = {
  name: 'page',
  text: `SELECT ${channelColumns}, f.older, ${recordColumnsOf('f')}
    FROM dovetail.channels c LEFT JOIN LATERAL (
      SELECT true AS older, o.* FROM (${bounded(walk('$2', '< $3', 'pos DESC', '$4'), 'pos DESC', '$6')}) o
      UNION ALL
      SELECT false, n.* FROM (${bounded(walk('$2', '>= $3', 'pos', '$5'), 'pos', '$6')}) n
    ) f ON true
    WHERE c.name = $1 AND NOT c.deleted ORDER BY f.pos`,
}

const snapshotRows: Statement = {
  name: 'snapshot',
  text: `SELECT ${channelColumns}, f.place, ${recordColumnsOf('f')}
    FROM dovetail.channels c LEFT JOIN LATERAL (
      SELECT q.place, r.* FROM unnest($2::text[], $3::bigint[]) WITH ORDINALITY AS q (collection, rows, place)
      CROSS JOIN LATERAL (${bounded(walk('q.collection', '> 0', 'pos DESC', 'q.rows'), 'pos DESC', '$4')}) r
    ) f ON true
    WHERE c.name = $1 AND NOT c.deleted ORDER BY f.pos`,
}

const changedRows: Statement = {
  name: 'changes',
  text: `SELECT ${channelColumns}, ${recordColumnsOf('f')}
    FROM dovetail.channels c LEFT JOIN LATERAL (${bounded(
      `SELECT ${recordColumns} FROM dovetail.records
       WHERE channel = c.number AND rev > $2 ORDER BY rev LIMIT $3`,
      'rev',
      '$4',
    )}) f ON true
    WHERE c.name = $1 AND NOT c.deleted ORDER BY f.rev`,
}

/** Reads that may be large, each one statement. */
export class BulkReads {
  readonly #connections: Connections

  constructor(connections: Connections) {
    this.#connections = connections
  }

  async page(query: PageQuery): Promise<RecordPage | null> {
    const place = pagePlace(query.from)
    const { older, newer } = rowsToRead(place, query.limit)
    const values = [query.channel, query.collection, place.split, older, newer, query.bytes]
    const rows = await this.#connections.read(pageRows, values)
    const [first] = rows
    if (first === undefined) return null
    const side = (older: boolean) => recordsOf(rows, older)
    const { records, before, after } = takePage(place, side(true).reverse().values(), side(false).values(), query)
    return { channel: channelOf(first), records, before, after }
  }

  async snapshot(query: Parameters<Store['snapshot']>[0]): Promise<Awaited<ReturnType<Store['snapshot']>>> {
    const rows = await this.#connections.read(snapshotRows, [
      query.channel,
      query.collections.map(({ collection }) => collection),
      query.collections.map(({ limit }) => limit + 1),
      query.bytes,
    ])
    const [first] = rows
    if (first === undefined) return null
    let left = query.bytes
    const pages = query.collections.map(({ limit }, index) => {
      const older = recordsOf(rows, index + 1).reverse()
      const { bytes, ...page } = takePage(pagePlace({ newest: true }), older.values(), [].values(), {
        limit,
        bytes: left,
      })
      left -= bytes
      return page
    })
    return { channel: channelOf(first), pages }
  }

  async changes(query: ChangesQuery): Promise<ChangesRead | null> {
    const rows = await this.#connections.read(changedRows, [query.channel, query.after, query.limit + 1, query.bytes])
    const [first] = rows
    if (first === undefined) return null
    const channel = channelOf(first)
    const changes: StoredRecord[] = []
    let bytes = 0
    for (const row of rows) {
      if (row[channelWidth] === null) break
      const record = recordOf(row.slice(channelWidth))
      const size = changeBytes(record)
      if (changes.length >= query.limit || (bytes > 0 && bytes + size >= query.bytes)) {
        return { channel, changes, to: changes.at(-1)?.rev ?? query.after, more: true }
      }
      bytes += size
      changes.push(record)
    }
    return { channel, changes, to: channel.head, more: false }
  }
}

/** One more than the page takes tells whether there is more. */
function rowsToRead({ take }: PagePlace, limit: number): { readonly older: number; readonly newer: number } {
  return { older: take === 'newer' ? 1 : limit + 1, newer: take === 'older' ? 1 : limit + 1 }
}

/** The records of one walk, by the column behind the channel's. */
function recordsOf(rows: readonly SqlRow[], walk: boolean | number): StoredRecord[] {
  return rows.filter((row) => row[channelWidth] === walk).map((row) => recordOf(row.slice(channelWidth + 1)))
}
