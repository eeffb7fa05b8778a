import type { ApiKey, ApiKeyRole } from '../../../ports/api-keys/api-keys.ts'
import type { Database, SqlRow, Statement } from '../driver/driver.ts'

/** Writes of API keys. Each method is called in a transaction. */
export class ApiKeyTable {
  readonly #save: Statement
  readonly #note: Statement
  readonly #drop: Statement

  constructor(database: Database) {
    this.#save = database.prepare(
      'INSERT INTO api_keys (id, digest, user, role, created_at, last_used_at) VALUES (?, ?, ?, ?, ?, ?)',
    )
    this.#note = database.prepare('UPDATE api_keys SET last_used_at = max(?2, coalesce(last_used_at, 0)) WHERE id = ?1')
    this.#drop = database.prepare('DELETE FROM api_keys WHERE id = ?')
  }

  save({ id, digest, user, role, createdAt, lastUsedAt }: ApiKey): void {
    this.#save.run(id, digest, user, role, createdAt, lastUsedAt)
  }

  note(id: string, at: number): void {
    this.#note.run(id, at)
  }

  drop(id: string): boolean {
    return Number(this.#drop.run(id).changes) === 1
  }
}

const columns = 'id, digest, user, role, created_at, last_used_at'

/** Reads of API keys, done in the calling thread. */
export class ApiKeyReads {
  readonly #find: Statement
  readonly #list: Statement

  constructor(database: Database) {
    this.#find = database.prepare(`SELECT ${columns} FROM api_keys WHERE digest = ?`)
    this.#list = database.prepare(`SELECT ${columns} FROM api_keys ORDER BY created_at, id`)
  }

  find(digest: string): ApiKey | null {
    const row = this.#find.get(digest)
    return row === undefined ? null : keyOf(row)
  }

  list(): ApiKey[] {
    return this.#list.all().map(keyOf)
  }
}

function keyOf(row: SqlRow): ApiKey {
  const [id, digest, user, role, createdAt, lastUsedAt] = row as [
    string,
    string,
    string,
    ApiKeyRole,
    number,
    number | null,
  ]
  return { id, digest, user, role, createdAt, lastUsedAt }
}
