import type {
  ChannelCursor,
  ClaimRequest,
  Claims,
  ConsumerPosition,
  Consumers,
  Settlement,
  StoredConsumer,
} from '../../../ports/consumers/consumers.ts'
import type { Connections, Link } from '../connection/connections.ts'
import type { SqlRow } from '../rows/rows.ts'
import {
  claim,
  drop,
  find,
  forget,
  forgetAll,
  insert,
  list,
  lock,
  positions,
  put,
  renew,
  reset,
  settle,
} from './consumer-statements.ts'

/** Named consumers. Their leases go by the database's clock. */
export class ConsumerRows implements Consumers {
  readonly #connections: Connections

  constructor(connections: Connections) {
    this.#connections = connections
  }

  async make(consumer: StoredConsumer, cursors: readonly ChannelCursor[]) {
    const { name, pattern, version, createdAt } = consumer
    return await this.#connections.transaction(async (link) => {
      const made = (await link.query(insert, [name, pattern, version, createdAt])).length === 1
      if (made) await putAll(link, name, cursors)
      const [row] = await link.query(find, [name])
      return { made, consumer: row === undefined ? consumer : consumerOf(row) }
    })
  }

  async find(name: string): Promise<StoredConsumer | null> {
    const [row] = await this.#connections.read(find, [name])
    return row === undefined ? null : consumerOf(row)
  }

  async list(): Promise<readonly StoredConsumer[]> {
    return (await this.#connections.read(list, [])).map(consumerOf)
  }

  async reset(name: string, version: string, cursors: readonly ChannelCursor[]): Promise<boolean> {
    return await this.#connections.transaction(async (link) => {
      if ((await link.query(reset, [name, version])).length === 0) return false
      await putAll(link, name, cursors)
      return true
    })
  }

  async drop(name: string): Promise<boolean> {
    return await this.#connections.transaction(async (link) => {
      const dropped = (await link.query(drop, [name])).length === 1
      await link.query(forgetAll, [name])
      return dropped
    })
  }

  async positions(name: string): Promise<readonly ConsumerPosition[]> {
    const rows = await this.#connections.read(positions, [name])
    return rows.map((row) => {
      const [channel, cursor, worker, freeInMs] = row as [string, string, string | null, number]
      return { channel, cursor, worker, freeInMs }
    })
  }

  async claim({ consumer, channels, lease, worker, leaseMs }: ClaimRequest): Promise<Claims | null> {
    const rows = await this.#connections.transaction(async (link) => {
      // A consumer that is reset or deleted meanwhile waits for the end of this, or this for the end of that.
      if ((await link.query(lock, [consumer])).length === 0) return null
      return await link.query(claim, [consumer, [...channels].sort(), lease, worker, leaseMs])
    })
    if (rows === null) return null
    const found = rows as unknown as readonly [string, string | null, number][]
    return {
      claimed: found.flatMap(([channel, cursor]) => (cursor === null ? [] : [{ channel, cursor }])),
      refused: found.flatMap(([channel, cursor, freeInMs]) => (cursor === null ? [{ channel, freeInMs }] : [])),
    }
  }

  async settle(consumer: string, lease: string, settlements: readonly Settlement[]): Promise<boolean> {
    const channels = settlements.map(({ channel }) => channel)
    const freed = settlements.filter(({ keep, delayMs }) => !keep && delayMs === 0).map(({ channel }) => channel)
    return await this.#connections.transaction(async (link) => {
      if ((await link.query(lock, [consumer])).length === 0) return false
      const columns = [
        settlements.map(({ cursor }) => cursor),
        settlements.map(({ keep }) => keep),
        settlements.map(({ delayMs }) => delayMs),
      ]
      const settled = await link.query(settle, [consumer, lease, channels, ...columns])
      if (settled.length < channels.length) return false
      await link.query(forget, [consumer, freed])
      return true
    })
  }

  async renew(consumer: string, lease: string, leaseMs: number): Promise<number> {
    return await this.#connections.transaction(async (link) => {
      if ((await link.query(lock, [consumer])).length === 0) return 0
      return (await link.query(renew, [consumer, lease, leaseMs])).length
    })
  }
}

async function putAll(link: Link, name: string, cursors: readonly ChannelCursor[]): Promise<void> {
  await link.query(forgetAll, [name])
  await link.query(put, [name, cursors.map(({ channel }) => channel), cursors.map(({ cursor }) => cursor)])
}

function consumerOf(row: SqlRow): StoredConsumer {
  const [name, pattern, version, createdAt] = row as [string, string, string, number]
  return { name, pattern, version, createdAt }
}
