import type { StoredProfile } from '../../../ports/accounts.ts'
import type { ChannelFacts, Lookup, StoredRecord, Target } from '../../../ports/store.ts'
import type { Database, Statement } from '../driver/driver.ts'
import { type ChannelRow, channelColumns, channelOf, recordColumns, recordColumnsOf, recordOf } from './rows.ts'

/**
 * Reads of single rows, done in the calling thread: they take some microseconds from the page cache,
 * less than a message to a thread. In WAL mode a writer never blocks a reader.
 */
export class PointReads {
  readonly #begin: Statement
  readonly #end: Statement
  readonly #channel: Statement
  readonly #record: Statement
  readonly #key: Statement
  readonly #profile: Statement

  constructor(database: Database) {
    this.#begin = database.prepare('BEGIN')
    this.#end = database.prepare('COMMIT')
    this.#channel = database.prepare(`SELECT ${channelColumns} FROM channels WHERE name = ? AND deleted = 0`)
    this.#record = database.prepare(
      `SELECT ${recordColumns} FROM records WHERE channel = ? AND collection = ? AND id = ?`,
    )
    this.#key = database.prepare(
      `SELECT ${recordColumnsOf('r')}, k.fingerprint FROM keys k JOIN records r ON r.row = k.record
       WHERE k.channel = ? AND k.author = ? AND k.key = ?`,
    )
    this.#profile = database.prepare('SELECT user, name, avatar, about, guest FROM profiles WHERE user = ?')
  }

  channel(name: string): ChannelFacts | null {
    return this.#channelRow(name)?.facts ?? null
  }

  lookup(name: string, targets: readonly Target[], key: { author: string; key: string } | undefined): Lookup {
    return this.#inSnapshot(() => {
      const channel = this.#channelRow(name)
      if (channel === null) return { channel: null, records: targets.map(() => null), key: null }
      return {
        channel: channel.facts,
        records: targets.map((target) => this.#recordOf(channel.number, target)),
        key: key === undefined ? null : this.#keyOf(channel.number, key.author, key.key),
      }
    })
  }

  profile(user: string): StoredProfile | null {
    const row = this.#profile.get(user)
    if (row === undefined) return null
    const [, name, avatar, about, guest] = row as [string, string, string | null, string | null, number]
    return { user, name, avatar, about, guest: guest === 1 }
  }

  #channelRow(name: string): ChannelRow | null {
    const row = this.#channel.get(name)
    return row === undefined ? null : channelOf(row)
  }

  #recordOf(channel: number, target: Target): StoredRecord | null {
    const row = this.#record.get(channel, target.collection, target.recordId)
    return row === undefined ? null : recordOf(row)
  }

  #keyOf(channel: number, author: string, key: string): Lookup['key'] {
    const row = this.#key.get(channel, author, key)
    return row === undefined ? null : { fingerprint: String(row.at(-1)), record: recordOf(row) }
  }

  #inSnapshot<Result>(read: () => Result): Result {
    this.#begin.run()
    try {
      return read()
    } finally {
      this.#end.run()
    }
  }
}
