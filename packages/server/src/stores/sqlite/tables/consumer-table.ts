import type {
  ChannelCursor,
  ClaimRequest,
  Claims,
  Settlement,
  StoredConsumer,
} from '../../../ports/consumers/consumers.ts'
import { laterPosition } from '../../shared/later-position.ts'
import type { Database, SqlRow, Statement } from '../driver/driver.ts'

type Transaction = <Result>(change: () => Result) => Result

const columns = 'name, pattern, version, created_at'

/** Writes of named consumers, one transaction per verb. `now` is the caller's clock in milliseconds. */
export class ConsumerTable {
  readonly #transaction: Transaction
  readonly #find: Statement
  readonly #save: Statement
  readonly #drop: Statement
  readonly #position: Statement
  readonly #forgetAll: Statement
  readonly #row: Statement
  readonly #claim: Statement
  readonly #shorten: Statement
  readonly #settle: Statement
  readonly #forget: Statement
  readonly #renew: Statement

  constructor(database: Database, transaction: Transaction) {
    this.#transaction = transaction
    this.#find = database.prepare(`SELECT ${columns} FROM consumers WHERE name = ?`)
    this.#save = database.prepare(`INSERT OR REPLACE INTO consumers (${columns}) VALUES (?, ?, ?, ?)`)
    this.#drop = database.prepare('DELETE FROM consumers WHERE name = ?')
    this.#position = database.prepare(
      "INSERT INTO consumer_positions (consumer, channel, cursor, lease, worker, held, until) VALUES (?, ?, ?, '', '', 0, 0)",
    )
    this.#forgetAll = database.prepare('DELETE FROM consumer_positions WHERE consumer = ?')
    this.#row = database.prepare(
      'SELECT cursor, lease, until, held FROM consumer_positions WHERE consumer = ? AND channel = ?',
    )
    this.#claim = database.prepare(
      `INSERT INTO consumer_positions (consumer, channel, cursor, lease, worker, held, until) VALUES (?1, ?2, '0', ?3, ?4, 1, ?5)
       ON CONFLICT DO UPDATE SET lease = ?3, worker = ?4, held = 1, until = ?5`,
    )
    this.#shorten = database.prepare('UPDATE consumer_positions SET until = ?3 WHERE consumer = ?1 AND channel = ?2')
    this.#settle = database.prepare(
      `UPDATE consumer_positions SET cursor = coalesce(?3, cursor), held = held AND ?4,
       until = CASE WHEN ?4 THEN until ELSE ?5 END WHERE consumer = ?1 AND channel = ?2`,
    )
    this.#forget = database.prepare(
      "DELETE FROM consumer_positions WHERE consumer = ? AND channel = ? AND cursor = '0'",
    )
    this.#renew = database.prepare(
      'UPDATE consumer_positions SET until = ?3 WHERE consumer = ?1 AND lease = ?2 AND held = 1',
    )
  }

  make(consumer: StoredConsumer, positions: readonly ChannelCursor[]): { made: boolean; consumer: StoredConsumer } {
    return this.#transaction(() => {
      const there = this.#found(consumer.name)
      if (there !== null) return { made: false, consumer: there }
      this.#put(consumer, positions)
      return { made: true, consumer }
    })
  }

  reset(name: string, version: string, positions: readonly ChannelCursor[]): boolean {
    return this.#transaction(() => {
      const there = this.#found(name)
      if (there === null) return false
      this.#put({ ...there, version }, positions)
      return true
    })
  }

  drop(name: string): boolean {
    return this.#transaction(() => {
      this.#forgetAll.run(name)
      return Number(this.#drop.run(name).changes) === 1
    })
  }

  claim({ consumer, channels, lease, worker, leaseMs }: ClaimRequest, now: number): Claims | null {
    return this.#transaction(() => {
      if (this.#found(consumer) === null) return null
      const claimed: ChannelCursor[] = []
      const refused: { channel: string; freeInMs: number }[] = []
      for (const channel of channels) {
        const row = this.#row.get(consumer, channel) ?? ['0', '', 0, 0]
        const [cursor, , end, held] = row as [string, string, number, number]
        // No lease ends later than that, unless the clock was set back.
        const until = held === 1 ? Math.min(end, now + leaseMs) : end
        if (until < end) this.#shorten.run(consumer, channel, until)
        if (until > now) refused.push({ channel, freeInMs: until - now })
        else {
          this.#claim.run(consumer, channel, lease, worker, now + leaseMs)
          claimed.push({ channel, cursor })
        }
      }
      return { claimed, refused }
    })
  }

  settle(consumer: string, lease: string, settlements: readonly Settlement[], now: number): boolean {
    return this.#transaction(() => {
      const rows = settlements.map(({ channel }) => this.#row.get(consumer, channel))
      if (rows.some((row) => row?.[1] !== lease)) return false
      for (const [index, { channel, cursor, keep, delayMs }] of settlements.entries()) {
        const position = cursor === null ? null : laterPosition(String(rows[index]?.[0]), cursor)
        this.#settle.run(consumer, channel, position, keep ? 1 : 0, now + delayMs)
        if (!keep && delayMs === 0) this.#forget.run(consumer, channel)
      }
      return true
    })
  }

  renew(consumer: string, lease: string, until: number): number {
    return this.#transaction(() => Number(this.#renew.run(consumer, lease, until).changes))
  }

  #found(name: string): StoredConsumer | null {
    const row = this.#find.get(name)
    return row === undefined ? null : consumerOf(row)
  }

  #put({ name, pattern, version, createdAt }: StoredConsumer, positions: readonly ChannelCursor[]): void {
    this.#save.run(name, pattern, version, createdAt)
    this.#forgetAll.run(name)
    for (const { channel, cursor } of positions) this.#position.run(name, channel, cursor)
  }
}

/** A row of a consumer's positions: the channel, its cursor, its worker, whether it is held, and until when. */
export type PositionRow = [string, string, string, number, number]

/** Reads of named consumers. */
export class ConsumerReads {
  readonly #find: Statement
  readonly #list: Statement
  readonly #positions: Statement

  constructor(database: Database) {
    this.#find = database.prepare(`SELECT ${columns} FROM consumers WHERE name = ?`)
    this.#list = database.prepare(`SELECT ${columns} FROM consumers ORDER BY name`)
    this.#positions = database.prepare(
      'SELECT channel, cursor, worker, held, until FROM consumer_positions WHERE consumer = ?',
    )
  }

  find(name: string): StoredConsumer | null {
    const row = this.#find.get(name)
    return row === undefined ? null : consumerOf(row)
  }

  list(): StoredConsumer[] {
    return this.#list.all().map(consumerOf)
  }

  positions(name: string): PositionRow[] {
    return this.#positions.all(name) as unknown as PositionRow[]
  }
}

function consumerOf(row: SqlRow): StoredConsumer {
  const [name, pattern, version, createdAt] = row as [string, string, string, number]
  return { name, pattern, version, createdAt }
}
