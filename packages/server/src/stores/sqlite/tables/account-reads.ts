import type { Accounts, OwnChannel, Revocation } from '../../../ports/accounts.ts'
import { type CollectionUnread, unreadOf, unreadWalk } from '../../shared/unread-walk.ts'
import type { Database, Statement } from '../driver/driver.ts'
import { channelColumns, channelOf } from './rows.ts'

/** Reads of revocations and read markers. They run on the reader's thread. */
export class AccountReads {
  readonly #revocations: Statement
  readonly #channels: Statement
  readonly #unread: Statement
  readonly #rowBehind: Statement

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
    const above = `FROM records WHERE channel = (SELECT channel FROM channels WHERE name = ?1 AND deleted = 0)
         AND collection = ?2 AND deleted = 0 AND pos > ?3 ORDER BY pos`
    // The inner query ends with the outer one: no row is read after the last that counts.
    this.#unread = database.prepare(
      `SELECT count(*) FROM (SELECT 1 FROM (SELECT author ${above} LIMIT ?5) WHERE author <> ?4 LIMIT ?6)`,
    )
    this.#rowBehind = database.prepare(`SELECT 1 ${above} LIMIT 1 OFFSET ?4`)
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

  unread(query: Parameters<Accounts['unread']>[0]): number {
    return unreadOf(this.#unreadOfEach(query), query.cap)
  }

  *#unreadOfEach(query: Parameters<Accounts['unread']>[0]): Generator<CollectionUnread> {
    const { channel, collections, after, except, cap } = query
    const walk = unreadWalk(cap)
    for (const collection of collections) {
      const found = Number(this.#unread.get(channel, collection, after, except, walk, cap)?.[0])
      const hasMore = found === 0 && this.#rowBehind.get(channel, collection, after, walk) !== undefined
      yield { found, hasMore }
    }
  }
}
