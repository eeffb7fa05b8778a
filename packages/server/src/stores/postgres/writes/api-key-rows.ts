import type { ApiKey, ApiKeyRole, ApiKeys } from '../../../ports/api-keys/api-keys.ts'
import type { Connections, Statement } from '../connection/connections.ts'
import type { SqlRow } from '../rows/rows.ts'

const columns = 'id, digest, "user", role, created_at, last_used_at'

const save: Statement = {
  name: 'save api key',
  text: `INSERT INTO dovetail.api_keys (${columns}) VALUES ($1, $2, $3, $4, $5, $6)`,
}

const find: Statement = {
  name: 'find api key',
  text: `SELECT ${columns} FROM dovetail.api_keys WHERE digest = $1`,
}

const list: Statement = {
  name: 'list api keys',
  text: `SELECT ${columns} FROM dovetail.api_keys ORDER BY created_at, id`,
}

const note: Statement = {
  name: 'note use of api key',
  text: 'UPDATE dovetail.api_keys SET last_used_at = greatest(last_used_at, $2) WHERE id = $1',
}

const drop: Statement = {
  name: 'drop api key',
  text: 'DELETE FROM dovetail.api_keys WHERE id = $1 RETURNING id',
}

export class ApiKeyRows implements ApiKeys {
  readonly #connections: Connections

  constructor(connections: Connections) {
    this.#connections = connections
  }

  async save({ id, digest, user, role, createdAt, lastUsedAt }: ApiKey): Promise<void> {
    await this.#connections.write(save, [id, digest, user, role, createdAt, lastUsedAt])
  }

  async find(digest: string): Promise<ApiKey | null> {
    const [row] = await this.#connections.read(find, [digest])
    return row === undefined ? null : keyOf(row)
  }

  async list(): Promise<readonly ApiKey[]> {
    return (await this.#connections.read(list, [])).map(keyOf)
  }

  async note(id: string, at: number): Promise<void> {
    await this.#connections.write(note, [id, at])
  }

  async drop(id: string): Promise<boolean> {
    return (await this.#connections.write(drop, [id])).length === 1
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
