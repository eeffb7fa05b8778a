/**
 * The users of the application that Dovetail is a part of: a request without a token may carry the application's own
 * session, such as a cookie. A browser adds cookies to requests that any site's page makes, so the session counts only
 * where the page is the server's own, or of an allowed origin (docs/security.md).
 */
import type { IncomingMessage } from 'node:http'
import { namedUser } from '../../core/access/address.ts'
import { anonymous, type Caller, type Grant, type Role, refusedCaller } from '../../core/access/caller.ts'
import { Failure } from '../../core/rules/failure.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Origins } from './origins.ts'

export interface ApplicationUser {
  readonly user: string
  /** The name that others see. */
  readonly name?: string | null
  /** The http or https URL of a picture. */
  readonly avatar?: string | null
  /** Default: `user`. */
  readonly role?: Exclude<Role, 'anonymous'>
  readonly grants?: readonly Grant[]
  /**
   * When the session began, in ms since the Unix epoch: where all sessions of the user are revoked (RST32), those that
   * began before that end. Default: now, since the application vouches for the user at each request; then only open
   * connections end.
   */
  readonly issuedAt?: number | null
  /** When the session ends, in ms since the Unix epoch: connections end then, too. Default: never. */
  readonly expiresAt?: number | null
}

export type Authenticate = (
  request: IncomingMessage,
) => ApplicationUser | null | undefined | Promise<ApplicationUser | null | undefined>

export class ApplicationUsers {
  readonly #authenticate: Authenticate
  readonly #origins: Origins
  readonly #clock: Clock

  constructor(authenticate: Authenticate, origins: Origins, clock: Clock) {
    this.#authenticate = authenticate
    this.#origins = origins
    this.#clock = clock
  }

  /** The caller that the application names; anonymous where it names none. An application that fails is no anonymous caller. */
  async of(request: IncomingMessage): Promise<Caller> {
    if (!this.#isOwnPage(request)) return anonymous
    try {
      const found = await this.#authenticate(withoutEarlierAnswers(request))
      return found === null || found === undefined ? anonymous : callerOf(found, this.#clock.now())
    } catch (cause) {
      if (cause instanceof Failure) return refusedCaller(cause)
      return refusedCaller(new Failure('internal', 'The application could not say who asks.', { cause }))
    }
  }

  #isOwnPage({ headers }: IncomingMessage): boolean {
    const { origin } = headers
    if (origin !== undefined) return this.#origins.lists(origin) || hostOf(origin) === headers.host?.toLowerCase()
    // A page's request without an origin (GET): browsers say by this header where it comes from.
    const site = headers['sec-fetch-site']
    return site === undefined || site === 'same-origin' || site === 'none'
  }
}

/**
 * The request as it came: middleware for sessions keeps what it finds on the request, and would not look again when a
 * connection is asked for anew.
 */
function withoutEarlierAnswers(request: IncomingMessage): IncomingMessage {
  return Object.create(request) as IncomingMessage
}

function hostOf(origin: string): string | null {
  return URL.canParse(origin) ? new URL(origin).host : null
}

function callerOf(found: ApplicationUser, now: number): Caller {
  const { user, name = null, avatar = null, role = 'user', grants = [], expiresAt = null } = found
  return { ...anonymous, user: namedUser(user), role, name, avatar, grants, issuedAt: found.issuedAt ?? now, expiresAt }
}
