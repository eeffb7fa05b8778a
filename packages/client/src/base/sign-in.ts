import type { Clock } from './clock.ts'
import { DovetailError } from './errors.ts'

/** A `getToken` that has not settled after this time counts as failed. */
const tokenWithinMs = 20_000
/** At most one refused token is replaced in this time: a second one from the same source would be refused too. */
const renewRefusedEveryMs = 60_000

/** The caller's sign-in: the token, and how to get a fresh one. */
export class SignIn {
  readonly #getToken: (() => Promise<string | null>) | undefined
  readonly #clock: Clock
  #token: string | null
  #renewal: Promise<string | null> | null = null
  /** Resolves the wait for `getToken` with a token. */
  #answer: ((token: string | null) => void) | undefined
  /** When a refused token was last replaced, in ms since the Unix epoch; NaN: never. */
  #renewedRefusedAt = Number.NaN

  /** Whether the page's cookies say who the caller is, where there is no token. */
  readonly session: boolean

  constructor(
    token: string | undefined,
    getToken: (() => Promise<string | null>) | undefined,
    session: boolean,
    clock: Clock,
  ) {
    this.#token = token ?? null
    this.#getToken = getToken
    this.session = session
    this.#clock = clock
  }

  /** A session is asked for at each request: the next one may be accepted. */
  get canRenew(): boolean {
    return this.session || this.#getToken !== undefined
  }

  /** The current token; calls `getToken` when there is none. */
  async token(): Promise<string | null> {
    return this.#renewal ?? this.#token ?? this.renew()
  }

  /** Asks `getToken` for a fresh token; concurrent callers share the answer. Null: anonymous. */
  renew(): Promise<string | null> {
    const getToken = this.#getToken
    if (getToken === undefined) return Promise.resolve(this.#token)
    let stopTimer: () => void
    this.#renewal ??= new Promise<string | null>((give, fail) => {
      this.#answer = give
      stopTimer = this.#clock.after(tokenWithinMs, fail as () => void)
      // Inside of the promise, so that a source that throws counts as one that rejects.
      getToken().then(give, fail)
    })
      .then(
        (token) => {
          // Plain JavaScript may give `undefined`, which means anonymous as null does.
          this.#token = token ?? null
          return this.#token
        },
        (cause: unknown) => {
          this.#renewedRefusedAt = Number.NaN
          throw new DovetailError('network', 'no token', { cause })
        },
      )
      .finally(() => {
        stopTimer()
        this.#renewal = null
      })
    return this.#renewal
  }

  /** Replaces a refused token (default: the current one). May return the same token again. */
  replaceRefused(refused = this.#token): Promise<string | null> {
    const now = this.#clock.now()
    // The absolute difference: after the clock was put back, the plain difference would stay negative for long.
    if (refused !== this.#token || Math.abs(now - this.#renewedRefusedAt) < renewRefusedEveryMs) return this.token()
    this.#renewedRefusedAt = now
    return this.renew()
  }

  replace(token: string | null): void {
    this.#token = token
    this.#renewedRefusedAt = Number.NaN
    // All callers that wait for `getToken` get this token, and the answer of `getToken` itself is ignored.
    this.#answer?.(token)
  }

  /** The token's subject, unverified: it only selects the user's own unsent writes until the server has answered. */
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
