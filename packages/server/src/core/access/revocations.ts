/**
 * Revoked sign-ins and users, and tokens whose key was withdrawn. Revocations are kept durably and in
 * memory, and read again from the store where other nodes may revoke too.
 */
import type { Accounts, Revocation } from '../../ports/accounts.ts'
import type { Clock } from '../../ports/clock.ts'
import { Failure } from '../rules/failure.ts'
import type { Caller } from './caller.ts'

/** Longer than any token should live. */
const rememberMs = 400 * 24 * 3_600_000

export class Revocations {
  readonly #accounts: Accounts
  readonly #clock: Clock
  readonly #tellOthers: () => void
  readonly #isWithdrawn: (caller: Caller) => boolean
  readonly #sessions = new Set<string>()
  /** Tokens of this user issued up to this moment, in ms. */
  readonly #users = new Map<string, number>()

  /**
   * `tellOthers` is called for each revocation made here, once it is durable. `isWithdrawn`: whether the key that signed
   * a caller's token counts no more.
   */
  constructor(
    accounts: Accounts,
    clock: Clock,
    tellOthers: () => void,
    isWithdrawn: (caller: Caller) => boolean = () => false,
  ) {
    this.#accounts = accounts
    this.#clock = clock
    this.#tellOthers = tellOthers
    this.#isWithdrawn = isWithdrawn
  }

  /** Reads what is kept: at start, and again where others write it. */
  async load(): Promise<void> {
    for (const revocation of await this.#accounts.revocations(this.#clock.now())) this.#learn(revocation)
  }

  #learn({ kind, id, at }: Revocation): void {
    if (kind === 'session') this.#sessions.add(id)
    else this.#users.set(id, Math.max(at, this.#users.get(id) ?? 0))
  }

  /** Durable when it resolves, and counts here at once. */
  async revoke(kind: Revocation['kind'], id: string): Promise<void> {
    const at = this.#clock.now()
    const revocation = { kind, id, at, until: at + rememberMs }
    await this.#accounts.revoke(revocation)
    this.#learn(revocation)
    this.#tellOthers()
  }

  isRevoked(caller: Caller): boolean {
    const { user, session, issuedAt } = caller
    if (this.#isWithdrawn(caller)) return true
    if (session !== null && this.#sessions.has(session)) return true
    const before = user === null ? undefined : this.#users.get(user)
    // A token that does not say when it was issued can't show that it is newer.
    return before !== undefined && (issuedAt ?? 0) <= before
  }

  /** Returns the caller, or throws `unauthenticated`. */
  checked(caller: Caller): Caller {
    if (this.isRevoked(caller)) throw new Failure('unauthenticated', 'This session was revoked.')
    return caller
  }
}
