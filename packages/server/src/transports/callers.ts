/**
 * Who stands at a door. A bad token makes a refused caller, not an anonymous one, and refusals are
 * counted by address, so that a client that does not listen is slowed down.
 */
import type { IncomingMessage } from 'node:http'
import type { Tickets } from '../auth/tickets.ts'
import { anonymous, type Caller, refusedCaller } from '../core/caller.ts'
import type { Core } from '../core/core.ts'
import { Failure } from '../core/failure.ts'
import { RateLimit } from '../core/limits.ts'
import { addressOf } from './address-of.ts'

export class Callers {
  readonly #core: Core
  readonly #tickets: Tickets
  readonly #trustProxy: boolean
  readonly #refusals: RateLimit

  constructor(core: Core, tickets: Tickets, trustProxy: boolean) {
    this.#core = core
    this.#tickets = tickets
    this.#trustProxy = trustProxy
    this.#refusals = new RateLimit(core.clock, core.limits.failures / 60, core.limits.failures)
  }

  /** By a ticket in the URL, for a WebSocket or an EventSource that can set no header; without one, by the header. */
  async ofReader(request: IncomingMessage): Promise<Caller> {
    const ticket = ticketIn(request.url ?? '')
    if (ticket === null || request.headers.authorization !== undefined) return this.of(request)
    try {
      return this.#core.revocations.checked(await this.#tickets.spend(ticket))
    } catch (error) {
      return this.#refused(error, () => addressOf(request, this.#trustProxy))
    }
  }

  /** By the `Authorization` header; without one: anonymous. At once where the token is known. */
  of(request: IncomingMessage): Caller | Promise<Caller> {
    const header = request.headers.authorization
    if (header === undefined) return anonymous
    const token = bearerToken(header)
    if (token === null)
      return refusedCaller(new Failure('unauthenticated', 'The Authorization header is not "Bearer" and a token.'))
    return this.byToken(token, () => addressOf(request, this.#trustProxy))
  }

  /** The address is found out where it is needed only: for who is refused. */
  byToken(token: string, address: () => string): Caller | Promise<Caller> {
    try {
      const caller = this.#core.authenticate(token)
      return caller instanceof Promise ? caller.catch((error: unknown) => this.#refused(error, address)) : caller
    } catch (error) {
      return this.#refused(error, address)
    }
  }

  #refused(error: unknown, address: () => string): Caller {
    if (!(error instanceof Failure)) throw error
    // That nobody can say whether the token is good is no fault of who brings it.
    if (error.code === 'store_unavailable') return refusedCaller(error)
    const waitSeconds = this.#refusals.take(address())
    if (waitSeconds === 0) return refusedCaller(error)
    return refusedCaller(
      new Failure('rate_limited', 'Too many refused tokens from this address.', { retryAfter: Math.ceil(waitSeconds) }),
    )
  }

  /**
   * Counts commands of this caller; throws `rate_limited` where there are too many. Backends are not counted.
   * Who has no identity is counted by the address of the request.
   */
  count(caller: Caller, request: IncomingMessage, commands = 1): void {
    if (caller.role !== 'service')
      this.#count(caller.user ?? `address ${addressOf(request, this.#trustProxy)}`, commands)
  }

  /** As `count`, for a command of a socket; by connection, since thousands of readers may say hello from one address. */
  countCommand(caller: Caller, connection: string): void {
    if (caller.role !== 'service') this.#count(caller.user ?? `connection ${connection}`, 1)
  }

  #count(who: string, commands: number): void {
    const waitSeconds = this.#core.commands.take(who, commands)
    if (waitSeconds === 0) return
    throw new Failure('rate_limited', 'Too many commands at once.', { retryAfter: Math.max(1, Math.ceil(waitSeconds)) })
  }
}

export function ticketIn(url: string): string | null {
  const at = url.indexOf('?')
  return at < 0 ? null : new URLSearchParams(url.slice(at + 1)).get('ticket')
}

export function bearerToken(header: string): string | null {
  return /^Bearer +([^\s]+) *$/i.exec(header)?.[1] ?? null
}
