/**
 * Finds the caller of a request by its token or ticket. A bad token gives a refused caller, not an anonymous one.
 * Refusals are counted by client address, so that a client that repeats a bad token is rate limited.
 */
import type { IncomingMessage } from 'node:http'
import type { Tickets } from '../../auth/tickets.ts'
import { anonymous, type Caller, refusedCaller } from '../../core/access/caller.ts'
import { requireIdentity } from '../../core/access/require-staff.ts'
import type { Core } from '../../core/core.ts'
import { RateLimit } from '../../core/rate/rate-limit.ts'
import { Failure } from '../../core/rules/failure.ts'
import type { ApplicationUsers } from './application-users.ts'
import type { AddressOf } from './peer-address.ts'

export interface CallersOptions {
  readonly core: Core
  readonly tickets: Tickets
  readonly addressOf: AddressOf
  /** Who sends requests without a token; `null`: nobody known. */
  readonly application: ApplicationUsers | null
}

export class Callers {
  readonly #core: Core
  readonly #tickets: Tickets
  readonly #addressOf: AddressOf
  readonly #application: ApplicationUsers | null
  readonly #refusals: RateLimit
  /** The callers of running requests, so that a token is checked once for each request. */
  readonly #found = new WeakMap<IncomingMessage, Caller | Promise<Caller>>()

  constructor({ core, tickets, addressOf, application }: CallersOptions) {
    this.#core = core
    this.#tickets = tickets
    this.#addressOf = addressOf
    this.#application = application
    this.#refusals = new RateLimit(core.clock, core.limits.failures / 60, core.limits.failures)
  }

  /**
   * The caller by the ticket in the URL, for a WebSocket or EventSource that can set no header; without a ticket, by
   * the header.
   */
  async ofReader(request: IncomingMessage): Promise<Caller> {
    const ticket = ticketIn(request.url ?? '')
    if (ticket === null || request.headers.authorization !== undefined) return this.of(request)
    try {
      return this.#core.revocations.checked(await this.#tickets.spend(ticket))
    } catch (error) {
      return this.#refused(error, () => this.#addressOf(request))
    }
  }

  /**
   * The caller by the `Authorization` header; without it the application's own user, or anonymous. Without a promise
   * where the token is cached.
   */
  of(request: IncomingMessage): Caller | Promise<Caller> {
    const header = request.headers.authorization
    if (header === undefined && this.#application === null) return anonymous
    const known = this.#found.get(request)
    if (known !== undefined) return known
    const caller = this.#byHeader(header, request)
    this.#found.set(request, caller)
    if (caller instanceof Promise)
      caller.then(
        (found) => this.#found.set(request, found),
        () => {},
      )
    return caller
  }

  /** The caller of a request that was found already; `null`: it was not asked for. */
  known(request: IncomingMessage): Caller | null {
    const known = this.#found.get(request)
    return known === undefined || known instanceof Promise ? null : known
  }

  /** Its user; `null`: it was not asked for, or has none. */
  knownUser(request: IncomingMessage): string | null {
    return this.known(request)?.user ?? null
  }

  #byHeader(header: string | undefined, request: IncomingMessage): Caller | Promise<Caller> {
    if (header === undefined) return this.#application === null ? anonymous : this.#known(this.#application, request)
    const token = bearerToken(header)
    if (token === null)
      return refusedCaller(new Failure('unauthenticated', 'The Authorization header is not "Bearer" and a token.'))
    return this.byToken(token, () => this.#addressOf(request))
  }

  async #known(application: ApplicationUsers, request: IncomingMessage): Promise<Caller> {
    const caller = await application.of(request)
    if (!this.#core.revocations.isRevoked(caller)) return this.#met(caller)
    return refusedCaller(new Failure('unauthenticated', 'This session was revoked.'))
  }

  /** Whether the application says who sends what has no token. */
  get knowSessions(): boolean {
    return this.#application !== null
  }

  /**
   * Asks the application anew who sends this request; `null`: it was not the application that said so, or nobody asks it.
   */
  askAgain(request: IncomingMessage): (() => Promise<Caller>) | null {
    const application = this.#application
    const isByToken = request.headers.authorization !== undefined || ticketIn(request.url ?? '') !== null
    return application === null || isByToken ? null : () => this.#known(application, request)
  }

  /** Whether the request says who sends it: by a token, a ticket, or what the application knows a user by. */
  isNamed(request: IncomingMessage): boolean {
    return (
      this.#application !== null || request.headers.authorization !== undefined || ticketIn(request.url ?? '') !== null
    )
  }

  /** The client address is computed only where it is needed: for a refused caller. */
  byToken(token: string, address: () => string): Caller | Promise<Caller> {
    try {
      const caller = this.#core.authenticate(token)
      if (!(caller instanceof Promise)) return this.#met(caller)
      return caller.then(
        (known) => this.#met(known),
        (error: unknown) => this.#refused(error, address),
      )
    } catch (error) {
      return this.#refused(error, address)
    }
  }

  #met(caller: Caller): Caller {
    this.#core.firstProfiles.begin(caller)
    return caller
  }

  #refused(error: unknown, address: () => string): Caller {
    if (!(error instanceof Failure)) throw error
    // An error of the token check itself does not count as a refused token.
    if (error.code === 'store_unavailable') return refusedCaller(error)
    const waitSeconds = this.#refusals.take(address())
    if (waitSeconds === 0) return refusedCaller(error)
    return refusedCaller(
      new Failure('rate_limited', 'Too many refused tokens from this address.', { retryAfter: Math.ceil(waitSeconds) }),
    )
  }
}

/** The caller, where it has a name; throws `unauthenticated` otherwise. */
export async function requireUser(callers: Callers, request: IncomingMessage): Promise<Caller> {
  const caller = await callers.of(request)
  requireIdentity(caller)
  return caller
}

export function ticketIn(url: string): string | null {
  const at = url.indexOf('?')
  return at < 0 ? null : new URLSearchParams(url.slice(at + 1)).get('ticket')
}

export function bearerToken(header: string): string | null {
  return /^Bearer +([^\s]+) *$/i.exec(header)?.[1] ?? null
}
