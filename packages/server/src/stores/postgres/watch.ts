import type { StoreWatch, Touched } from '../../ports/watch.ts'
import type { Connections, Statement } from './connection/connections.ts'
import type { History } from './history/history.ts'

/**
 * A mark is the database's history and the oldest transaction under way when it was given. Every
 * transaction that had not committed by then has that number or a higher one, and so has every later
 * one: the next call finds all of them, however long a write takes, and no clocks are compared.
 * Transaction numbers of another history have no meaning, so for such a mark everything counts as lost.
 */
const findTouched: Statement = {
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
  readonly #history: History

  constructor(connections: Connections, history: History) {
    this.#connections = connections
    this.#history = history
  }

  touched(mark: string | null): Promise<Touched> {
    return this.#connections.afterCheck(async (link) => {
      const { id } = this.#history
      const [before, number] = mark?.split(' ') ?? []
      const isContinued = mark !== null && before === id && number !== undefined
      const rows = await link.query(findTouched, [isContinued ? number : null])
      const next = `${id} ${String(rows[0]?.[0])}`
      if (mark !== null && !isContinued) return { channels: [], revocationsChanged: true, lost: true, mark: next }
      const channels = rows.flatMap(([, , name, deleted, epoch, head]) =>
        name === null
          ? []
          : [{ name: String(name), epoch: deleted === true ? null : String(epoch), head: Number(head) }],
      )
      return { channels, revocationsChanged: rows[0]?.[1] === true, mark: next }
    })
  }
}
