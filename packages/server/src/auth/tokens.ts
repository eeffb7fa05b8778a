/**
 * Bearer tokens: JWT (RFC 7519), HS256 with the server's secret, or signed by a key of the configured
 * JWKS. What a token's header says picks one of the two; each takes its own algorithms and no others. A verified token is remembered, since checking one costs as much
 * as a whole request.
 */
import { isUserName } from '@dovetail/protocol'
import { decodeProtectedHeader, errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify, SignJWT } from 'jose'
import { LRUCache } from 'lru-cache'
import type { Caller, Grant, Right, Role } from '../core/caller.ts'
import { rights } from '../core/caller.ts'
import { Failure } from '../core/failure.ts'
import { isStorableText } from '../core/json.ts'
import type { Clock } from '../ports/clock.ts'
import { keySetAlgorithms } from './key-set.ts'

const algorithm = 'HS256'
/** The latest moment that a Date can hold; a token may claim to live longer. */
const maxTimeMs = 8.64e15
const rememberedTokens = 10_000
/** Three parts of base64url without padding (RFC 7515, 7.1): one token has one spelling. */
const compactForm = /^[\w-]+\.[\w-]+\.[\w-]+$/
/** Tokens longer than this are not looked at. */
const maxTokenLength = 16_384

export interface TokensOptions {
  readonly secret: string
  readonly clock: Clock
  /** By how much clocks may differ, for exp, nbf and iat alike. */
  readonly leewaySeconds: number
  /** The keys of an outside issuer; absent: only the secret counts. */
  readonly keySet?: JWTVerifyGetKey | undefined
  /** Where given, every token must name them. */
  readonly issuer?: string | undefined
  readonly audience?: string | undefined
}

export class Tokens {
  readonly #key: Uint8Array
  readonly #clock: Clock
  readonly #leewayMs: number
  readonly #keySet: JWTVerifyGetKey | undefined
  readonly #named: { readonly issuer?: string; readonly audience?: string }
  readonly #known = new LRUCache<string, Caller>({ max: rememberedTokens })

  constructor(options: TokensOptions) {
    this.#key = new TextEncoder().encode(options.secret)
    this.#clock = options.clock
    this.#leewayMs = options.leewaySeconds * 1000
    this.#keySet = options.keySet
    this.#named = {
      ...(options.issuer === undefined ? {} : { issuer: options.issuer }),
      ...(options.audience === undefined ? {} : { audience: options.audience }),
    }
  }

  /** Who the token speaks for, at once where it was seen before. Throws `unauthenticated` or `token_expired`. */
  verify(token: string): Caller | Promise<Caller> {
    const known = this.#known.get(token)
    if (known === undefined) return this.#verifyNew(token)
    requireAlive(known, this.#clock.now(), this.#leewayMs)
    return known
  }

  async #verifyNew(token: string): Promise<Caller> {
    const caller = callerFrom(await this.#payload(token))
    const now = this.#clock.now()
    requireAlive(caller, now, this.#leewayMs)
    if (caller.issuedAt !== null && caller.issuedAt > now + this.#leewayMs)
      throw unauthenticated('it was issued in the future')
    this.#known.set(token, caller)
    return caller
  }

  /** Verifies a token that may have expired up to `graceSeconds` ago: a guest's own, brought for a fresh one. */
  async verifyExpired(token: string, graceSeconds: number): Promise<Caller> {
    const caller = callerFrom(await this.#payload(token))
    requireAlive(caller, this.#clock.now(), graceSeconds * 1000)
    return caller
  }

  /** The claims of a token whose signature is right; its times are looked at by the caller, all with one leeway. */
  async #payload(token: string): Promise<JWTPayload> {
    if (token.length > maxTokenLength) throw unauthenticated('it is too long')
    if (!compactForm.test(token)) throw unauthenticated('its form is wrong')
    try {
      const payload = await this.#verified(token)
      const { nbf } = payload
      if (nbf !== undefined && nbf * 1000 > this.#clock.now() + this.#leewayMs)
        throw unauthenticated('it is not valid yet')
      return payload
    } catch (error) {
      if (error instanceof errors.JOSEError)
        throw unauthenticated('its form, algorithm, signature, issuer or audience is wrong')
      throw error
    }
  }

  async #verified(token: string): Promise<JWTPayload> {
    // The times are compared by our own clock and leeway, so jose must not.
    const options = { ...this.#named, currentDate: new Date(0), clockTolerance: Number.MAX_SAFE_INTEGER }
    if (this.#keySet !== undefined && algorithmIn(token) !== algorithm) {
      return (await jwtVerify(token, this.#keySet, { ...options, algorithms: keySetAlgorithms })).payload
    }
    return (await jwtVerify(token, this.#key, { ...options, algorithms: [algorithm] })).payload
  }
}

/** jose tells a header that is no JSON by a plain TypeError, which would pass for a fault of this server. */
function algorithmIn(token: string): string | undefined {
  try {
    return decodeProtectedHeader(token).alg
  } catch {
    throw unauthenticated('its header is wrong')
  }
}

function unauthenticated(because: string): Failure {
  return new Failure('unauthenticated', `The token is not accepted: ${because}.`)
}

function requireAlive(caller: Caller, nowMs: number, graceMs: number): void {
  if (caller.expiresAt !== null && caller.expiresAt + graceMs <= nowMs)
    throw new Failure('token_expired', 'The token has expired.')
}

const roles: ReadonlySet<string> = new Set(['guest', 'user', 'service', 'admin'] satisfies Role[])

function callerFrom(payload: JWTPayload): Caller {
  const { sub, exp, iat } = payload
  if (!isUserName(sub)) throw unauthenticated('its "sub" is no user name')
  if (typeof exp !== 'number') throw unauthenticated('its "exp" is missing')
  const { role = 'user' } = payload
  if (typeof role !== 'string' || !roles.has(role)) throw unauthenticated('its "role" is unknown')
  return {
    user: sub,
    role: role as Role,
    name: textFrom(payload, 'name'),
    session: textFrom(payload, 'session'),
    grants: grantsFrom(payload.grants),
    expiresAt: Math.min(exp * 1000, maxTimeMs),
    issuedAt: typeof iat === 'number' ? iat * 1000 : null,
    refusal: null,
  }
}

/** A claim of a wrong type is refused, not overlooked: a session that nobody can name could not be revoked. */
function textFrom(payload: JWTPayload, claim: 'name' | 'session'): string | null {
  const value = payload[claim]
  if (value === undefined) return null
  if (typeof value !== 'string' || !isStorableText(value)) throw unauthenticated(`its "${claim}" is no text`)
  return value
}

function grantsFrom(claim: unknown): readonly Grant[] {
  if (claim === undefined) return []
  if (!Array.isArray(claim) || claim.length > 1000) throw unauthenticated('its "grants" are no list')
  return claim.map((grant: unknown) => {
    const { channel, can } = (grant ?? {}) as { channel?: unknown; can?: unknown }
    const known: readonly string[] = rights
    if (typeof channel !== 'string' || !Array.isArray(can) || can.some((right) => !known.includes(right))) {
      throw unauthenticated('a grant is malformed')
    }
    return { channel, can: can as Right[] }
  })
}

export interface TokenClaims {
  readonly secret: string
  readonly user: string
  readonly name?: string | undefined
  readonly role?: Exclude<Role, 'anonymous'> | undefined
  readonly grants?: readonly Grant[] | undefined
  readonly ttlSeconds: number
  readonly session?: string | undefined
  readonly issuer?: string | undefined
  readonly audience?: string | undefined
  /** Milliseconds since the Unix epoch. Default: now. */
  readonly nowMs?: number | undefined
}

/** A token as `dovetail token` prints it. */
export async function signToken(claims: TokenClaims): Promise<string> {
  const now = Math.floor((claims.nowMs ?? Date.now()) / 1000)
  const payload: JWTPayload = {
    role: claims.role ?? 'user',
    ...(claims.name === undefined ? {} : { name: claims.name }),
    ...(claims.session === undefined ? {} : { session: claims.session }),
    ...(claims.grants === undefined || claims.grants.length === 0 ? {} : { grants: claims.grants }),
  }
  const token = new SignJWT(payload)
  if (claims.issuer !== undefined) token.setIssuer(claims.issuer)
  if (claims.audience !== undefined) token.setAudience(claims.audience)
  return token
    .setProtectedHeader({ alg: algorithm, typ: 'JWT' })
    .setSubject(claims.user)
    .setIssuedAt(now)
    .setExpirationTime(now + claims.ttlSeconds)
    .sign(new TextEncoder().encode(claims.secret))
}
