import type { Accounts, OwnChannel, ReadMarker, Revocation, StoredProfile } from '../../../ports/accounts.ts'
import { unreadOf, unreadWalk } from '../../shared/unread-walk.ts'
import type { Connections, Statement } from '../connection/connections.ts'
import { channelColumns, channelOf, channelWidth } from '../rows/rows.ts'

/**
 * Spent ids that expired this long ago are deleted with each new one, so that the table holds minutes
 * and not years.
 */
const spentMarginMs = 600_000

const profilesOf: Statement = {
  name: 'profiles',
  text: 'SELECT "user", name, avatar, about, guest FROM dovetail.profiles WHERE "user" = ANY ($1::text[])',
}

const saveProfile: Statement = {
  name: 'save profile',
  text: `INSERT INTO dovetail.profiles ("user", name, avatar, about, guest) VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT ("user") DO UPDATE
    SET name = excluded.name, avatar = excluded.avatar, about = excluded.about, guest = excluded.guest`,
}

const erase: Statement = {
  name: 'erase a user',
  text: `WITH profile AS (DELETE FROM dovetail.profiles WHERE "user" = $1)
    DELETE FROM dovetail.markers WHERE "user" = $1`,
}

const revoke: Statement = {
  name: 'revoke',
  text: `INSERT INTO dovetail.revocations AS r (kind, id, at, until, touched) VALUES ($1, $2, $3, $4, pg_current_xact_id())
    ON CONFLICT (kind, id) DO UPDATE SET at = greatest(r.at, excluded.at), until = greatest(r.until, excluded.until),
      touched = excluded.touched`,
}

const revocations: Statement = {
  name: 'revocations',
  text: 'SELECT kind, id, at, until FROM dovetail.revocations WHERE until > $1',
}

const spend: Statement = {
  name: 'spend',
  text: `WITH forgotten AS (DELETE FROM dovetail.spent WHERE until < $2::bigint - ${spentMarginMs} AND id <> $1)
    INSERT INTO dovetail.spent (id, until) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING RETURNING id`,
}

const markRead: Statement = {
  name: 'mark read',
  text: `INSERT INTO dovetail.markers AS m ("user", channel, epoch, pos) VALUES ($1, $2, $3, $4)
    ON CONFLICT ("user", channel) DO UPDATE SET epoch = excluded.epoch,
      pos = CASE WHEN m.epoch = excluded.epoch THEN greatest(m.pos, excluded.pos) ELSE excluded.pos END
    RETURNING pos`,
}

const channelsOf: Statement = {
  name: 'channels of a user',
  text: `WITH mine (name) AS (
      SELECT c.name FROM dovetail.records r JOIN dovetail.channels c ON c.number = r.channel
      WHERE r.collection = 'members' AND NOT r.deleted AND r.id = $1 AND c.name > $3
      UNION SELECT channel FROM dovetail.markers WHERE "user" = $2 AND channel > $3)
    SELECT ${channelColumns}, m.epoch, m.pos FROM mine JOIN dovetail.channels c ON c.name = mine.name AND NOT c.deleted
    LEFT JOIN dovetail.markers m ON m."user" = $2 AND m.channel = c.name
    ORDER BY c.name LIMIT $4`,
}

const above = `FROM dovetail.records r
      WHERE r.channel = c.number AND r.collection = q.collection AND NOT r.deleted AND r.pos > $3 ORDER BY r.pos`

/** The inner query ends with the outer one: no row is read after the last that counts. */
const unread: Statement = {
  name: 'unread',
  text: `SELECT f.found, f.found = 0 AND EXISTS (SELECT 1 ${above} LIMIT 1 OFFSET $5)
    FROM unnest($2::text[]) AS q (collection)
    JOIN dovetail.channels c ON c.name = $1 AND NOT c.deleted
    CROSS JOIN LATERAL (
      SELECT count(*) AS found
      FROM (SELECT 1 FROM (SELECT r.author ${above} LIMIT $5) a WHERE a.author <> $4 LIMIT $6) counted) f`,
}

/** Profiles, revocations, spent tickets and read markers. */
export class AccountRows implements Accounts {
  readonly #connections: Connections

  constructor(connections: Connections) {
    this.#connections = connections
  }

  async profile(user: string): Promise<StoredProfile | null> {
    return (await this.profiles([user]))[0] ?? null
  }

  async profiles(users: readonly string[]): Promise<readonly StoredProfile[]> {
    return (await this.#connections.read(profilesOf, [users])).map((row) => {
      const [user, name, avatar, about, guest] = row as [string, string, string | null, string | null, boolean]
      return { user, name, avatar, about, guest }
    })
  }

  async saveProfile({ user, name, avatar, about, guest }: StoredProfile): Promise<void> {
    await this.#connections.write(saveProfile, [user, name, avatar, about, guest])
  }

  async erase(user: string): Promise<void> {
    await this.#connections.write(erase, [user])
  }

  async revoke({ kind, id, at, until }: Revocation): Promise<void> {
    await this.#connections.write(revoke, [kind, id, at, until])
  }

  async revocations(now: number): Promise<readonly Revocation[]> {
    return (await this.#connections.read(revocations, [now])).map((row) => {
      const [kind, id, at, until] = row as [Revocation['kind'], string, number, number]
      return { kind, id, at, until }
    })
  }

  async spend(id: string, until: number): Promise<boolean> {
    return (await this.#connections.write(spend, [id, until])).length === 1
  }

  async markRead({ user, channel, epoch, pos }: ReadMarker): Promise<number> {
    const [row] = await this.#connections.write(markRead, [user, channel, epoch, pos])
    return Number(row?.[0])
  }

  async channelsOf({
    user,
    memberId,
    after,
    limit,
  }: Parameters<Accounts['channelsOf']>[0]): Promise<readonly OwnChannel[]> {
    return (await this.#connections.read(channelsOf, [memberId, user, after, limit])).map((row) => {
      const channel = channelOf(row)
      const [epoch, pos] = row.slice(channelWidth)
      return { channel, read: epoch === channel.epoch ? Number(pos) : 0 }
    })
  }

  async unread({ channel, collections, after, except, cap }: Parameters<Accounts['unread']>[0]): Promise<number> {
    const values = [channel, collections, after, except, unreadWalk(cap), cap]
    const rows = await this.#connections.read(unread, values)
    return unreadOf(
      rows.map(([found, hasMore]) => ({ found: Number(found), hasMore: hasMore === true })),
      cap,
    )
  }
}
