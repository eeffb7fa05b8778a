import type { ReadMarker, Revocation, StoredProfile } from '../../../ports/accounts.ts'
import type { Database, Statement } from '../driver/driver.ts'

/** Writes of profiles, revocations, spent tickets and read markers. Each method is called in a transaction. */
export class AccountTable {
  readonly #saveProfile: Statement
  readonly #dropProfile: Statement
  readonly #dropMarkers: Statement
  readonly #revoke: Statement
  readonly #spend: Statement
  readonly #forgetSpent: Statement
  readonly #mark: Statement

  constructor(database: Database) {
    this.#saveProfile = database.prepare(
      'INSERT OR REPLACE INTO profiles (user, name, avatar, about, guest) VALUES (?, ?, ?, ?, ?)',
    )
    this.#dropProfile = database.prepare('DELETE FROM profiles WHERE user = ?')
    this.#dropMarkers = database.prepare('DELETE FROM markers WHERE user = ?')
    this.#revoke = database.prepare(
      `INSERT INTO revocations (kind, id, at, until) VALUES (?, ?, ?, ?)
       ON CONFLICT (kind, id) DO UPDATE SET at = max(at, excluded.at), until = max(until, excluded.until)`,
    )
    this.#spend = database.prepare('INSERT INTO spent (id, until) VALUES (?, ?) ON CONFLICT (id) DO NOTHING')
    this.#forgetSpent = database.prepare('DELETE FROM spent WHERE until < ?')
    this.#mark = database.prepare(
      `INSERT INTO markers (user, channel, epoch, pos) VALUES (?, ?, ?, ?)
       ON CONFLICT (user, channel) DO UPDATE SET epoch = excluded.epoch,
         pos = CASE WHEN epoch = excluded.epoch THEN max(pos, excluded.pos) ELSE excluded.pos END
       RETURNING pos`,
    )
  }

  saveProfile({ user, name, avatar, about, guest }: StoredProfile): void {
    this.#saveProfile.run(user, name, avatar, about, guest ? 1 : 0)
  }

  erase(user: string): void {
    this.#dropProfile.run(user)
    this.#dropMarkers.run(user)
  }

  revoke({ kind, id, at, until }: Revocation): void {
    this.#revoke.run(kind, id, at, until)
  }

  /** Deletes ids that expired well before this one, so that the table holds minutes and not years. */
  spend(id: string, until: number): boolean {
    const marginMs = 600_000
    this.#forgetSpent.run(until - marginMs)
    return Number(this.#spend.run(id, until).changes) === 1
  }

  mark({ user, channel, epoch, pos }: ReadMarker): number {
    return Number(this.#mark.get(user, channel, epoch, pos)?.[0])
  }
}
