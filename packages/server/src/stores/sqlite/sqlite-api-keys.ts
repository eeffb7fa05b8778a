import type { ApiKey, ApiKeys } from '../../ports/api-keys/api-keys.ts'
import type { ApiKeyReads } from './tables/api-key-table.ts'
import type { WriterThread } from './threads/writer-thread.ts'

export interface ApiKeyParts {
  readonly writer: Pick<WriterThread, 'call'>
  readonly reads: ApiKeyReads
  /** Is given each write under way. */
  readonly written: <Result>(write: Promise<Result>) => Promise<Result>
  /** Does a read, and says where the file can't be read. */
  readonly read: <Result>(read: () => Result) => Result
}

/** API keys: written by the writer's thread, read in the calling one. */
export class SqliteApiKeys implements ApiKeys {
  readonly #parts: ApiKeyParts

  constructor(parts: ApiKeyParts) {
    this.#parts = parts
  }

  async save(key: ApiKey): Promise<void> {
    await this.#parts.written(this.#parts.writer.call('saveKey', key))
  }

  async find(digest: string): Promise<ApiKey | null> {
    return this.#parts.read(() => this.#parts.reads.find(digest))
  }

  async list(): Promise<readonly ApiKey[]> {
    return this.#parts.read(() => this.#parts.reads.list())
  }

  async note(id: string, at: number): Promise<void> {
    await this.#parts.written(this.#parts.writer.call('noteKey', id, at))
  }

  async drop(id: string): Promise<boolean> {
    return await this.#parts.written(this.#parts.writer.call('dropKey', id))
  }
}
