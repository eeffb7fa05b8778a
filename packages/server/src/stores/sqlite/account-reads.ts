import type { Accounts, OwnChannel, Revocation } from '../../ports/accounts.ts'
import type { Database, Statement } from './driver.ts'
import { channelColumns, channelOf } from './rows.ts'

/** How many rows are looked at for a count of this many: one's own are passed over, but not without end. */
const rowsACount = 10

/** Reads of what is kept of users. They run on the reader's thread. */
export class AccountReads {
  readonly #revocations: Statement
  readonly #channels: Statement
  readonly #unread: Statement

  constructor(database: Database) {
    this.#revocations = database.prepare('SELECT kind, id, at, until FROM revocations WHERE until > ?')
    const columns = channelColumns.replaceAll(/\w+/g, (column) => `c.${column}`)
    this.#channels = database.prepare(
      `WITH mine (name) AS (
         SELECT c.name FROM records r JOIN channels c ON c.channel = r.channel
         WHERE r.collection = 'members' AND r.deleted = 0 AND r.id = ?1 AND c.name > ?3
         UNION SELECT channel FROM markers WHERE user = ?2 AND channel > ?3)
       SELECT ${columns}, m.epoch, m.pos FROM mine JOIN channels c ON c.name = mine.name AND c.deleted = 0
       LEFT JOIN markers m ON m.user = ?2 AND m.channel = c.name
       ORDER BY c.name LIMIT ?4`,
    )
    this.#unread = database.prepare(
      `SELECT count(*) FROM (
         SELECT r.author FROM records r JOIN channels c ON c.channel = r.channel
         WHERE c.name = ?1 AND c.deleted = 0 AND r.collection = ?2 AND r.deleted = 0 AND r.pos > ?3
         ORDER BY r.pos LIMIT ?5)
       WHERE author <> ?4`,
    )
  }

  revocations(now: number): readonly Revocation[] {
    return this.#revocations.all(now).map((row) => {
      const [kind, id, at, until] = row as [Revocation['kind'], string, number, number]
      return { kind, id, at, until }
    })
  }

  channelsOf({ user, memberId, after, limit }: Parameters<Accounts['channelsOf']>[0]): readonly OwnChannel[] {
    return this.#channels.all(memberId, user, after, limit).map((row) => {
      const { facts } = channelOf(row)
      const [epoch, pos] = row.slice(-2)
      return { channel: facts, read: epoch === facts.epoch ? Number(pos) : 0 }
    })
  }

  unread({ channel, collections, after, except, cap }: Parameters<Accounts['unread']>[0]): number {
    let count = 0
    for (const collection of collections) {
      count += Number(this.#unread.get(channel, collection, after, except, cap * rowsACount)?.[0])
      if (count >= cap) return cap
    }
    return count
  }
}
