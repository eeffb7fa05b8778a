/** Consumers in memory: for `memory:`, where a restart loses everything. */
import type {
  ChannelCursor,
  ClaimRequest,
  Claims,
  ConsumerPosition,
  Consumers,
  Settlement,
  StoredConsumer,
} from '../../ports/consumers/consumers.ts'
import { laterPosition } from '../shared/later-position.ts'

interface Row {
  readonly cursor: string
  readonly lease: string
  readonly worker: string
  readonly held: boolean
  /** When it can be claimed, by `now`. */
  readonly until: number
}

interface Kept {
  readonly consumer: StoredConsumer
  readonly rows: Map<string, Row>
}

export class MemoryConsumers implements Consumers {
  readonly #now: () => number
  readonly #kept = new Map<string, Kept>()

  /** `now`: milliseconds that never go back. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now
  }

  async make(consumer: StoredConsumer, positions: readonly ChannelCursor[]) {
    const there = this.#kept.get(consumer.name)
    if (there !== undefined) return { made: false, consumer: there.consumer }
    this.#kept.set(consumer.name, { consumer, rows: rowsOf(positions) })
    return { made: true, consumer }
  }

  async find(name: string): Promise<StoredConsumer | null> {
    return this.#kept.get(name)?.consumer ?? null
  }

  async list(): Promise<readonly StoredConsumer[]> {
    return [...this.#kept.values()].map(({ consumer }) => consumer).sort((a, b) => (a.name < b.name ? -1 : 1))
  }

  async reset(name: string, version: string, positions: readonly ChannelCursor[]): Promise<boolean> {
    const there = this.#kept.get(name)
    if (there === undefined) return false
    this.#kept.set(name, { consumer: { ...there.consumer, version }, rows: rowsOf(positions) })
    return true
  }

  async drop(name: string): Promise<boolean> {
    return this.#kept.delete(name)
  }

  async positions(name: string): Promise<readonly ConsumerPosition[]> {
    const now = this.#now()
    return [...this.#rows(name)].map(([channel, { cursor, worker, held, until }]) => {
      const freeInMs = Math.max(0, until - now)
      return { channel, cursor, worker: held && freeInMs > 0 ? worker : null, freeInMs }
    })
  }

  async claim({ consumer, channels, lease, worker, leaseMs }: ClaimRequest): Promise<Claims | null> {
    const rows = this.#kept.get(consumer)?.rows
    if (rows === undefined) return null
    const now = this.#now()
    const claimed: ChannelCursor[] = []
    const refused: { channel: string; freeInMs: number }[] = []
    for (const channel of channels) {
      const { cursor, until } = rows.get(channel) ?? unread
      if (until > now) refused.push({ channel, freeInMs: until - now })
      else {
        rows.set(channel, { cursor, lease, worker, held: true, until: now + leaseMs })
        claimed.push({ channel, cursor })
      }
    }
    return { claimed, refused }
  }

  async settle(consumer: string, lease: string, settlements: readonly Settlement[]): Promise<boolean> {
    const rows = this.#rows(consumer)
    if (settlements.some(({ channel }) => rows.get(channel)?.lease !== lease)) return false
    for (const { channel, cursor, keep, delayMs } of settlements) {
      const row = rows.get(channel) ?? unread
      const moved = { ...row, cursor: cursor === null ? row.cursor : laterPosition(row.cursor, cursor) }
      if (keep) rows.set(channel, moved)
      else if (moved.cursor === '0' && delayMs === 0) rows.delete(channel)
      else rows.set(channel, { ...moved, held: false, until: this.#now() + delayMs })
    }
    return true
  }

  async renew(consumer: string, lease: string, leaseMs: number): Promise<number> {
    const rows = this.#rows(consumer)
    const held = [...rows].filter(([, row]) => row.held && row.lease === lease)
    for (const [channel, row] of held) rows.set(channel, { ...row, until: this.#now() + leaseMs })
    return held.length
  }

  #rows(name: string): Map<string, Row> {
    return this.#kept.get(name)?.rows ?? new Map()
  }
}

const unread: Row = { cursor: '0', lease: '', worker: '', held: false, until: 0 }

function rowsOf(positions: readonly ChannelCursor[]): Map<string, Row> {
  return new Map(positions.map(({ channel, cursor }) => [channel, { ...unread, cursor }]))
}
