import type { Claim, FileFacts, KnownFile, Reference } from '../../../ports/files/file-table.ts'
import { fileOf } from '../../shared/file-of.ts'
import type { Database, SqlRow, Statement } from '../driver/driver.ts'

const claimColumns = 'file, channel, collection, record, claims, is_settled'

type Transaction = <Result>(change: () => Result) => Result

/** Writes of the table of files, each in a transaction of its own. */
export class FileWrites {
  readonly #transaction: Transaction
  readonly #add: Statement
  readonly #stored: Statement
  readonly #hold: Statement
  readonly #claim: Statement
  readonly #claimChannel: Statement
  readonly #settle: Statement
  readonly #release: Statement
  readonly #withdraw: Statement
  readonly #goFrom: Statement
  readonly #takeOver: Statement
  readonly #drop: Statement
  readonly #forgetClaims: Statement
  readonly #forget: Statement

  constructor(database: Database, transaction: Transaction) {
    this.#transaction = transaction
    this.#add = database.prepare(
      "INSERT INTO files (id, channel, author, name, type, size, width, height, created_at, state, until) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'pending', ?)",
    )
    this.#stored = database.prepare(
      "UPDATE files SET until = CASE state WHEN 'pending' THEN ?2 ELSE until END, state = 'stored' WHERE id = ?1 AND state <> 'going'",
    )
    this.#hold = database.prepare("UPDATE files SET until = NULL WHERE id = ? AND channel = ? AND state = 'stored'")
    this.#claim = database.prepare(
      `INSERT INTO file_claims (${claimColumns}, check_at) VALUES (?, ?, ?, ?, 1, 0, ?)
       ON CONFLICT DO UPDATE SET claims = claims + 1, check_at = excluded.check_at RETURNING ${claimColumns}`,
    )
    this.#claimChannel = database.prepare(
      'UPDATE file_claims SET claims = claims + 1, check_at = ?2 WHERE channel = ?1',
    )
    const thisClaim = 'file = ?1 AND collection = ?2 AND record = ?3 AND claims = ?4'
    this.#settle = database.prepare(`UPDATE file_claims SET check_at = NULL, is_settled = 1 WHERE ${thisClaim}`)
    this.#release = database.prepare('UPDATE files SET until = NULL WHERE id = ?')
    this.#withdraw = database.prepare(`DELETE FROM file_claims WHERE ${thisClaim}`)
    const isUnclaimed = 'NOT EXISTS (SELECT 1 FROM file_claims WHERE file = id)'
    this.#goFrom = database.prepare(`UPDATE files SET until = ?2 WHERE id = ?1 AND ${isUnclaimed}`)
    this.#takeOver = database.prepare(
      `UPDATE files SET state = 'going', until = ?2 WHERE id IN
         (SELECT id FROM files WHERE until <= ?1 AND ${isUnclaimed} LIMIT ?3) RETURNING id`,
    )
    this.#drop = database.prepare("DELETE FROM files WHERE id = ? AND state = 'going'")
    this.#forgetClaims = database.prepare(
      'DELETE FROM file_claims WHERE file IN (SELECT id FROM files WHERE author = ?)',
    )
    this.#forget = database.prepare('UPDATE files SET until = ?2 WHERE author = ?1')
  }

  add({ id, channel, author, name, type, size, width, height, createdAt }: FileFacts, until: number): void {
    this.#transaction(() => this.#add.run(id, channel, author, name, type, size, width, height, createdAt, until))
  }

  stored(id: string, until: number): boolean {
    return this.#transaction(() => Number(this.#stored.run(id, until).changes) === 1)
  }

  claim(references: readonly Reference[], checkAt: number): Claim[] {
    return this.#transaction(() =>
      references.flatMap(({ file, channel, collection, record }) => {
        if (Number(this.#hold.run(file, channel).changes) === 0) return []
        const row = this.#claim.get(file, channel, collection, record, checkAt)
        return row === undefined ? [] : [claimOf(row)]
      }),
    )
  }

  claimChannel(channel: string, checkAt: number): void {
    this.#transaction(() => this.#claimChannel.run(channel, checkAt))
  }

  settle({ file, collection, record, claims }: Claim): void {
    this.#transaction(() => {
      const { changes } = this.#settle.run(file, collection, record, claims)
      if (Number(changes) === 1) this.#release.run(file)
    })
  }

  withdraw({ file, collection, record, claims }: Claim, until: number): void {
    this.#transaction(() => {
      const { changes } = this.#withdraw.run(file, collection, record, claims)
      if (Number(changes) === 1) this.#goFrom.run(file, until)
    })
  }

  takeOver(now: number, again: number, limit: number): string[] {
    return this.#transaction(() => this.#takeOver.all(now, again, limit).map(([id]) => String(id)))
  }

  drop(id: string): void {
    this.#transaction(() => this.#drop.run(id))
  }

  forget(author: string, now: number): void {
    this.#transaction(() => {
      this.#forgetClaims.run(author)
      this.#forget.run(author, now)
    })
  }
}

/** Reads of the table of files, done in the calling thread. */
export class FileReads {
  readonly #find: Statement
  readonly #ofAuthor: Statement
  readonly #waiting: Statement
  readonly #references: Statement
  readonly #due: Statement

  constructor(database: Database) {
    const facts = 'id, channel, author, name, type, size, width, height, created_at, state, until'
    this.#find = database.prepare(`SELECT ${facts} FROM files WHERE id = ? AND state <> 'going'`)
    this.#ofAuthor = database.prepare(
      `SELECT ${facts} FROM files WHERE author = ? AND id > ? AND state <> 'going' ORDER BY id LIMIT ?`,
    )
    this.#waiting = database.prepare(
      'SELECT count(*) FROM files WHERE author = ? AND channel = ? AND until IS NOT NULL',
    )
    this.#references = database.prepare(
      `SELECT ${claimColumns} FROM file_claims WHERE channel = ? AND collection = ? AND record = ?`,
    )
    this.#due = database.prepare(
      `SELECT ${claimColumns} FROM file_claims WHERE check_at <= ? ORDER BY check_at LIMIT ?`,
    )
  }

  find(id: string): KnownFile | null {
    const row = this.#find.get(id)
    return row === undefined ? null : fileOf(row)
  }

  ofAuthor(author: string, after: string, limit: number): KnownFile[] {
    return this.#ofAuthor.all(author, after, limit).map(fileOf)
  }

  waiting(channel: string, author: string): number {
    return Number(this.#waiting.get(author, channel)?.[0])
  }

  referencesOf(channel: string, records: readonly { collection: string; record: string }[]): Reference[] {
    return records.flatMap(({ collection, record }) =>
      this.#references.all(channel, collection, record).map((row) => referenceOf(row)),
    )
  }

  dueClaims(now: number, limit: number): Claim[] {
    return this.#due.all(now, limit).map(claimOf)
  }
}

function referenceOf(row: SqlRow): Reference {
  const [file, channel, collection, record] = row as [string, string, string, string]
  return { file, channel, collection, record }
}

function claimOf(row: SqlRow): Claim {
  return { ...referenceOf(row), claims: Number(row[4]), isSettled: row[5] === 1 }
}
