/** API keys in memory: for `memory:`, where a restart loses everything. */
import type { ApiKey, ApiKeys } from '../../ports/api-keys/api-keys.ts'

export class MemoryApiKeys implements ApiKeys {
  /** By id. */
  readonly #keys = new Map<string, ApiKey>()

  async save(key: ApiKey): Promise<void> {
    this.#keys.set(key.id, key)
  }

  async find(digest: string): Promise<ApiKey | null> {
    return [...this.#keys.values()].find((key) => key.digest === digest) ?? null
  }

  async list(): Promise<readonly ApiKey[]> {
    return [...this.#keys.values()].sort((a, b) => a.createdAt - b.createdAt)
  }

  async note(id: string, at: number): Promise<void> {
    const key = this.#keys.get(id)
    if (key !== undefined) this.#keys.set(id, { ...key, lastUsedAt: Math.max(at, key.lastUsedAt ?? 0) })
  }

  async drop(id: string): Promise<boolean> {
    return this.#keys.delete(id)
  }
}
