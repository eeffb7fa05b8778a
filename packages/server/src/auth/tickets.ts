/**
 * Tickets authenticate a WebSocket or an EventSource of a browser, which can set no header. A ticket is valid for 30 s
 * and can be used once on all nodes together. Tickets have a signing key of their own, so that none passes as a token.
 */
import { randomBytes } from 'node:crypto'
import { errors, jwtVerify, SignJWT } from 'jose'
import type { Caller } from '../core/access/caller.ts'
import { Failure } from '../core/rules/failure.ts'
import type { Accounts } from '../ports/accounts.ts'
import type { Clock } from '../ports/clock.ts'

const ticketSeconds = 30
const algorithm = 'HS256'

export interface TicketsOptions {
  readonly secret: string
  readonly clock: Clock
  readonly accounts: Accounts
}

export class Tickets {
  readonly #key: Uint8Array
  readonly #clock: Clock
  readonly #accounts: Accounts

  constructor({ secret, clock, accounts }: TicketsOptions) {
    this.#key = new TextEncoder().encode(`${secret}\u0000ticket`)
    this.#clock = clock
    this.#accounts = accounts
  }

  async issue(caller: Caller): Promise<{ ticket: string; expiresAt: string }> {
    const now = Math.floor(this.#clock.now() / 1000)
    const { refusal: _, ...kept } = caller
    const ticket = await new SignJWT({ caller: kept })
      .setProtectedHeader({ alg: algorithm })
      .setJti(randomBytes(16).toString('base64url'))
      .setExpirationTime(now + ticketSeconds)
      .sign(this.#key)
    return { ticket, expiresAt: new Date((now + ticketSeconds) * 1000).toISOString() }
  }

  /**
   * Uses up the ticket and returns the caller it was issued to, with the expiry of that caller's token. Throws
   * `unauthenticated`.
   */
  async spend(ticket: string): Promise<Caller> {
    try {
      const { payload } = await jwtVerify(ticket, this.#key, {
        algorithms: [algorithm],
        currentDate: new Date(this.#clock.now()),
      })
      const until = (payload.exp ?? 0) * 1000
      if (payload.jti === undefined || !(await this.#accounts.spend(payload.jti, until + 60_000)))
        throw refused('it was spent already')
      return { ...(payload.caller as Omit<Caller, 'refusal'>), refusal: null }
    } catch (error) {
      if (error instanceof errors.JOSEError) throw refused('it is unknown or too old')
      throw error
    }
  }
}

function refused(because: string): Failure {
  return new Failure('unauthenticated', `The ticket is not accepted: ${because}.`)
}
