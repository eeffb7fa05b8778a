import { DovetailError } from './errors.ts'

/** Who the caller is: the token, and how to get a fresh one. */
export class Session {
  readonly #getToken: (() => Promise<string | null>) | undefined
  readonly #now: () => number
  #token: string | null
  #asked: Promise<string | null> | null = null
  #askAt = 0

  constructor(token: string | undefined, getToken: (() => Promise<string | null>) | undefined, now: () => number) {
    this.#token = token ?? null
    this.#getToken = getToken
    this.#now = now
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
      .then(
        (token) => {
          this.#token = token
          return token
        },
        (cause: unknown) => {
          this.#askAt = 0
          throw new DovetailError('network', 'no token', { cause })
        },
      )
      .finally(() => {
        this.#asked = null
      })
    return this.#asked
  }

  /** A token in place of the refused one (default: the one that there is), which may be the same. */
  instead(refused = this.#token): Promise<string | null> {
    const now = this.#now()
    if (refused !== this.#token || now < this.#askAt) return this.token()
    this.#askAt = now + 60_000 // The next one would be refused too.
    return this.renew()
  }

  replace(token: string | null): void {
    this.#token = token
    this.#askAt = 0
  }

  /** The token's subject, unverified: only to sort one's own unsent writes before the server answered. */
  get subject(): string | null {
    try {
      const payload = this.#token?.split('.')[1]?.replaceAll('-', '+').replaceAll('_', '/') ?? ''
      const { sub } = JSON.parse(atob(payload)) as { sub?: unknown }
      return sub === undefined ? null : String(sub)
    } catch {
      return null
    }
  }
}
