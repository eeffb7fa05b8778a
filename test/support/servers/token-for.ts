import { SignJWT } from 'jose'

/** What the servers under test are given as their secret. */
export const testSecret = 'a secret for tests only, 32 characters or more'

export interface Grant {
  readonly channel: string
  readonly can: readonly string[]
}

export interface TokenOptions {
  readonly role?: 'guest' | 'user' | 'service' | 'admin'
  readonly name?: string
  readonly grants?: readonly Grant[]
  /** Seconds from now until it expires; 3600 where left out. */
  readonly ttl?: number
  readonly secret?: string
}

/** A token as a backend would sign it: made from the protocol page alone, not by the server's own code. */
export function tokenFor(user: string, options: TokenOptions = {}): Promise<string> {
  const now = Math.floor(Date.now() / 1000)
  return signClaims(
    {
      sub: user,
      iat: now,
      exp: now + (options.ttl ?? 3600),
      role: options.role ?? 'user',
      ...(options.name === undefined ? {} : { name: options.name }),
      ...(options.grants === undefined ? {} : { grants: options.grants }),
    },
    options.secret,
  )
}

/** Any claims at all, signed: also those that a server must refuse. */
export function signClaims(claims: Record<string, unknown>, secret: string = testSecret): Promise<string> {
  return new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).sign(new TextEncoder().encode(secret))
}
