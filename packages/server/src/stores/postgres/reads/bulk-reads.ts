import type {
  ChangesQuery,
  ChangesRead,
  PageQuery,
  RecordPage,
  Store,
  StoredRecord,
  SurplusQuery,
} from '../../../ports/store.ts'
import { takeChanges } from '../../shared/take-changes.ts'
import { type PageStart, pageStart, takePage } from '../../shared/take-page.ts'
import type { Connections, Statement } from '../connection/connections.ts'
import {
  channelColumns,
  channelOf,
  channelWidth,
  recordColumns,
  recordColumnsOf,
  recordOf,
  type SqlRow,
} from '../rows/rows.ts'

/**
 * Limits an ordered walk to the rows up to the second one that has this many bytes of data before it, so
 * that a page limited by bytes reads about as much as it gives. Encoded data is never shorter than data,
 * and one record is given whatever its size: the row at which the page ends is always included. The
 * lengths are known without reading the data.
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

/** Each row has the channel and one row of either walk: one statement reads one snapshot. */
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

const surplusRow: Statement = {
  name: 'surplus',
  text: `SELECT r.pos FROM dovetail.channels c CROSS JOIN LATERAL (
      SELECT pos FROM dovetail.records WHERE channel = c.number AND collection = $2 AND NOT deleted
      ORDER BY pos DESC LIMIT 1 OFFSET $3) r
    WHERE c.name = $1 AND NOT c.deleted`,
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
    const start = pageStart(query.from)
    const { older, newer } = rowsToRead(start, query.limit)
    const values = [query.channel, query.collection, start.split, older, newer, query.bytes]
    const rows = await this.#connections.read(pageRows, values)
    const [first] = rows
    if (first === undefined) return null
    const side = (older: boolean) => recordsOf(rows, older)
    const { records, before, after } = takePage(start, side(true).reverse().values(), side(false).values(), query)
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
      const { bytes, ...page } = takePage(pageStart({ newest: true }), older.values(), [].values(), {
        limit,
        bytes: left,
      })
      left -= bytes
      return page
    })
    return { channel: channelOf(first), pages }
  }

  async surplus({ channel, collection, keep }: SurplusQuery): Promise<number | null> {
    const [row] = await this.#connections.read(surplusRow, [channel, collection, keep])
    return row === undefined ? null : Number(row[0])
  }

  async changes(query: ChangesQuery): Promise<ChangesRead | null> {
    const rows = await this.#connections.read(changedRows, [query.channel, query.after, query.limit + 1, query.bytes])
    const [first] = rows
    if (first === undefined) return null
    const channel = channelOf(first)
    // A channel without changes is one row without a record.
    const records = rows.filter((row) => row[channelWidth] !== null).map((row) => recordOf(row.slice(channelWidth)))
    return takeChanges(channel, records, query)
  }
}

/** One row more than the page takes shows whether there are more. */
function rowsToRead({ take }: PageStart, limit: number): { readonly older: number; readonly newer: number } {
  return { older: take === 'newer' ? 1 : limit + 1, newer: take === 'older' ? 1 : limit + 1 }
}

/** The records of one walk, selected by the column after the channel's. */
function recordsOf(rows: readonly SqlRow[], walk: boolean | number): StoredRecord[] {
  return rows.filter((row) => row[channelWidth] === walk).map((row) => recordOf(row.slice(channelWidth + 1)))
}
