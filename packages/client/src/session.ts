import { DovetailError } from './errors.ts'

/** Who the caller is: the token, and how to get a fresh one. */
export class Session {
  readonly #getToken: (() => Promise<string | null>) | undefined
  #token: string | null
  #asked: Promise<string | null> | null = null

  constructor(token: string | undefined, getToken: (() => Promise<string | null>) | undefined) {
    this.#token = token ?? null
    this.#getToken = getToken
  }

  get canRenew(): boolean {
    return this.#getToken !== undefined
  }

  /** The token to use now; asked for where none was given. */
  async token(): Promise<string | null> {
    return this.#asked ?? this.#token ?? this.renew()
  }

  /** A fresh token; whoever asks meanwhile shares the answer. Null: anonymous. */
  renew(): Promise<string | null> {
    if (this.#getToken === undefined) return Promise.resolve(this.#token)
    this.#asked ??= this.#getToken()
      .catch((cause: unknown) => {
        throw new DovetailError('network', 'no token', { cause })
      })
      .then((token) => {
        this.#token = token
        return token
      })
      .finally(() => {
        this.#asked = null
      })
    return this.#asked
  }

  replace(token: string | null): void {
    this.#token = token
  }

  /** The token's subject, unverified: only to sort one's own unsent writes before the server answered. */
  get subject(): string | null {
    try {
      const payload = this.#token?.split('.')[1]?.replaceAll('-', '+').replaceAll('_', '/')
      const claims: unknown = payload === undefined ? null : JSON.parse(atob(payload))
      return typeof claims === 'object' && claims !== null && 'sub' in claims ? String(claims.sub) : null
    } catch {
      return null
    }
  }
}
