/**
 * API keys of services. A store keeps the SHA-256 of a key and never the key itself, so that whoever reads the store can
 * not use one. All times are milliseconds since the Unix epoch.
 */
export interface ApiKey {
  /** What the key is called where it is listed and revoked; it is no secret. */
  readonly id: string
  /** The SHA-256 of the key, in hexadecimal. */
  readonly digest: string
  /** The user that the key speaks for. */
  readonly user: string
  readonly role: ApiKeyRole
  readonly createdAt: number
  /** `null`: never. */
  readonly lastUsedAt: number | null
}

export const apiKeyRoles = ['service', 'admin', 'user'] as const
export type ApiKeyRole = (typeof apiKeyRoles)[number]

export interface ApiKeys {
  /** Resolves when the key is durable. */
  save(key: ApiKey): Promise<void>
  find(digest: string): Promise<ApiKey | null>
  /** The oldest first. */
  list(): Promise<readonly ApiKey[]>
  /** Notes a use; the latest one stays. */
  note(id: string, at: number): Promise<void>
  /** `false`: there was none. Resolves when it is gone. */
  drop(id: string): Promise<boolean>
}
