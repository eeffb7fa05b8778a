import type { ReadMarker, Revocation } from '../../ports/accounts.ts'
import type { Database, Statement } from './driver.ts'

/** The rows of users, as the writer changes them. Each method is called in a transaction. */
export class AccountTable {
  readonly #revoke: Statement
  readonly #spend: Statement
  readonly #forgetSpent: Statement
  readonly #mark: Statement

  constructor(database: Database) {
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

  revoke({ kind, id, at, until }: Revocation): void {
    this.#revoke.run(kind, id, at, until)
  }

  /** What ended well before this one does is forgotten on the way, so the table holds minutes and not years. */
  spend(id: string, until: number): boolean {
    const marginMs = 600_000
    this.#forgetSpent.run(until - marginMs)
    return Number(this.#spend.run(id, until).changes) === 1
  }

  mark({ user, channel, epoch, pos }: ReadMarker): number {
    return Number(this.#mark.get(user, channel, epoch, pos)?.[0])
  }
}
