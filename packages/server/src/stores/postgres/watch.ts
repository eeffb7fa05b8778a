import type { StoreWatch, Touched } from '../../ports/watch.ts'
import type { Connections, Statement } from './connections.ts'

/**
 * The mark is the oldest transaction under way as a look sees it. Who had not committed by then has
 * that number or a higher one, and so has whoever came later: the next look finds all of them,
 * however long a write takes, and no clock is compared. Where the database counts from lower
 * numbers than it did (it was restored elsewhere), all is told anew.
 */
const look: Statement = {
  name: 'what was touched',
  text: `WITH now AS (SELECT pg_snapshot_xmin(pg_current_snapshot()) AS oldest),
      since AS (
        SELECT oldest, CASE WHEN $1::xid8 > oldest THEN '0'::xid8 ELSE coalesce($1::xid8, oldest) END AS mark FROM now)
    SELECT since.oldest::text, EXISTS (SELECT 1 FROM dovetail.revocations r WHERE r.touched >= since.mark),
      c.name, c.deleted, c.epoch, c.head
    FROM since LEFT JOIN dovetail.channels c ON c.touched >= since.mark`,
}

export class PostgresWatch implements StoreWatch {
  readonly #connections: Connections

  constructor(connections: Connections) {
    this.#connections = connections
  }

  async touched(mark: string | null): Promise<Touched> {
    const rows = await this.#connections.read(look, [mark])
    const channels = rows.flatMap(([, , name, deleted, epoch, head]) =>
      name === null ? [] : [{ name: String(name), epoch: deleted === true ? null : String(epoch), head: Number(head) }],
    )
    return { channels, revocationsChanged: rows[0]?.[1] === true, mark: String(rows[0]?.[0]) }
  }
}
