import type { Clock } from './clock.ts'
import { DovetailError } from './errors.ts'

/** A source of tokens that is silent for so long counts as one that can't be reached. */
const tokenWithinMs = 20_000
/** A token that was refused is asked for anew once in this time: the next one would be refused too. */
const insteadEveryMs = 60_000

/** Who the caller is: the token, and how to get a fresh one. */
export class Session {
  readonly #getToken: (() => Promise<string | null>) | undefined
  readonly #clock: Clock
  #token: string | null
  #asked: Promise<string | null> | null = null
  /** Answers whoever waits for the source. */
  #give: ((token: string | null) => void) | undefined
  /** When the last one that was refused was asked for anew; not a number: never. */
  #insteadAt = Number.NaN

  constructor(token: string | undefined, getToken: (() => Promise<string | null>) | undefined, clock: Clock) {
    this.#token = token ?? null
    this.#getToken = getToken
    this.#clock = clock
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
    const getToken = this.#getToken
    if (getToken === undefined) return Promise.resolve(this.#token)
    let stopTimer: () => void
    this.#asked ??= new Promise<string | null>((give, fail) => {
      this.#give = give
      stopTimer = this.#clock.after(tokenWithinMs, fail as () => void)
      // Here a source that throws at once is one that rejects.
      getToken().then(give, fail)
    })
      .then(
        (token) => {
          // JavaScript's `undefined` is nobody, too.
          this.#token = token ?? null
          return this.#token
        },
        (cause: unknown) => {
          this.#insteadAt = Number.NaN
          throw new DovetailError('network', 'no token', { cause })
        },
      )
      .finally(() => {
        stopTimer()
        this.#asked = null
      })
    return this.#asked
  }

  /** A token in place of the refused one (default: the one that there is), which may be the same. */
  instead(refused = this.#token): Promise<string | null> {
    const now = this.#clock.now()
    // The distance, since a clock that was put back would be "before" for long.
    if (refused !== this.#token || Math.abs(now - this.#insteadAt) < insteadEveryMs) return this.token()
    this.#insteadAt = now
    return this.renew()
  }

  replace(token: string | null): void {
    this.#token = token
    this.#insteadAt = Number.NaN
    // Who waits for the source goes on with this one, and what the source says later is not heard.
    this.#give?.(token)
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
