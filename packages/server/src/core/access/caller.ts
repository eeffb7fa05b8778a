/** Who asks, as the token said; every verb takes one. */
export type Role = 'anonymous' | 'guest' | 'user' | 'service' | 'admin'

export const rights = ['read', 'write', 'signal', 'manage'] as const
export type Right = (typeof rights)[number]

export interface Grant {
  /** A channel pattern; `*` stands for any characters. */
  readonly channel: string
  readonly can: readonly Right[]
}

export interface Caller {
  /** `null` for an anonymous reader. */
  readonly user: string | null
  readonly role: Role
  readonly name: string | null
  /** The http or https URL of a picture. */
  readonly avatar: string | null
  /** The sign-in that the token belongs to, for revoking it. */
  readonly session: string | null
  readonly grants: readonly Grant[]
  /** Milliseconds since the Unix epoch; `null`: never (anonymous). */
  readonly expiresAt: number | null
  /** When the token was issued, ms; `null` where it does not say. */
  readonly issuedAt: number | null
  /** What stands for the outside issuer's key that signed the token; `null`: none did. */
  readonly signer: string | null
  /** Why the token was refused. Thrown where rights are checked, so that every transport reports a bad name first. */
  readonly refusal: Error | null
}

export const anonymous: Caller = {
  user: null,
  role: 'anonymous',
  name: null,
  avatar: null,
  session: null,
  grants: [],
  expiresAt: null,
  issuedAt: null,
  signer: null,
  refusal: null,
}

/** Someone whose token is not accepted: no right of anybody's, not even an anonymous reader's. */
export function refusedCaller(refusal: Error): Caller {
  return { ...anonymous, refusal }
}

/**
 * Whether `*` patterns match: greedy segments, no regular expression, linear in the name
 * for each star, so that a hostile grant costs nothing.
 */
export function matches(pattern: string, name: string): boolean {
  const parts = pattern.split('*')
  const [first = '', ...rest] = parts
  if (rest.length === 0) return pattern === name
  if (!name.startsWith(first)) return false
  const last = rest.pop() ?? ''
  let at = first.length
  for (const part of rest) {
    const found = name.indexOf(part, at)
    if (found < 0) return false
    at = found + part.length
  }
  return name.length - last.length >= at && name.endsWith(last)
}

/** What the caller's grants say of this channel; `null` where none matches and the policy alone counts. */
export function grantedRights(caller: Caller, channel: string): ReadonlySet<Right> | null {
  let found: Set<Right> | null = null
  for (const grant of caller.grants) {
    if (!matches(grant.channel, channel)) continue
    found ??= new Set()
    for (const right of grant.can) found.add(right)
  }
  return found
}

/** A backend or an administrator. */
export function isStaff({ role }: Caller): boolean {
  return role === 'service' || role === 'admin'
}
