/**
 * Bearer tokens: JWTs (RFC 7519), signed with HS256 and the server's secret, or with a key of the configured JWKS. The
 * algorithm in the token's header selects one of the two, and each accepts its own algorithms only. Verified tokens are
 * cached, because a verification costs as much as a whole request.
 */
import { isUserName } from 'dovetail-protocol'
import { decodeProtectedHeader, errors, type JWTPayload, jwtVerify, SignJWT } from 'jose'
import { LRUCache } from 'lru-cache'
import type { Caller, Grant, Right, Role } from '../core/access/caller.ts'
import { rights } from '../core/access/caller.ts'
import { Failure } from '../core/rules/failure.ts'
import { isStorableText } from '../core/rules/json.ts'
import type { Clock } from '../ports/clock.ts'
import { type KeySet, keySetAlgorithms } from './key-set.ts'

const algorithm = 'HS256'
/** The latest time that a Date can hold, in ms; the `exp` of a token may be later. */
const maxTimeMs = 8.64e15
const rememberedTokens = 10_000
/** Three parts in base64url without padding (RFC 7515, section 7.1), so that a token has one spelling only. */
const compactForm = /^[\w-]+\.[\w-]+\.[\w-]+$/
/** Longer tokens are refused without being parsed. */
const maxTokenLength = 16_384

export interface TokensOptions {
  readonly secret: string
  readonly clock: Clock
  /** The allowed difference between clocks, for `exp`, `nbf` and `iat`. */
  readonly leewaySeconds: number
  /** The keys of an external issuer; `null` or absent: only tokens signed with the secret are accepted. */
  readonly keySet?: KeySet | null
  /** Where set, the `iss` and `aud` claims that every token must have. */
  readonly issuer?: string | undefined
  readonly audience?: string | undefined
}

export class Tokens {
  readonly #key: Uint8Array
  readonly #clock: Clock
  readonly #leewayMs: number
  readonly #keySet: KeySet | null
  readonly #named: { readonly issuer?: string; readonly audience?: string }
  readonly #known = new LRUCache<string, Caller>({ max: rememberedTokens })

  constructor(options: TokensOptions) {
    this.#key = new TextEncoder().encode(options.secret)
    this.#clock = options.clock
    this.#leewayMs = options.leewaySeconds * 1000
    this.#keySet = options.keySet ?? null
    this.#named = {
      ...(options.issuer === undefined ? {} : { issuer: options.issuer }),
      ...(options.audience === undefined ? {} : { audience: options.audience }),
    }
  }

  /**
   * The caller whom the token names, without a promise where the token is cached. Throws `unauthenticated` or
   * `token_expired`.
   */
  verify(token: string): Caller | Promise<Caller> {
    const known = this.#known.get(token)
    if (known === undefined || this.isWithdrawn(known)) return this.#verifyNew(token)
    requireAlive(known, this.#clock.now(), this.#leewayMs)
    return known
  }

  /** Whether the key that signed the caller's token counts no more. */
  isWithdrawn({ signer }: Caller): boolean {
    return signer !== null && this.#keySet?.isCurrent(signer) === false
  }

  async #verifyNew(token: string): Promise<Caller> {
    const caller = await this.#callerOf(token)
    const now = this.#clock.now()
    requireAlive(caller, now, this.#leewayMs)
    if (caller.issuedAt !== null && caller.issuedAt > now + this.#leewayMs)
      throw unauthenticated('it was issued in the future')
    this.#known.set(token, caller)
    return caller
  }

  /** Verifies a token that may have expired up to `graceSeconds` ago, for the renewal of a guest's token. */
  async verifyExpired(token: string, graceSeconds: number): Promise<Caller> {
    const caller = await this.#callerOf(token)
    requireAlive(caller, this.#clock.now(), graceSeconds * 1000)
    return caller
  }

  /** The caller of a token with a valid signature. The calling method checks `exp` and `iat`. */
  async #callerOf(token: string): Promise<Caller> {
    if (token.length > maxTokenLength) throw unauthenticated('it is too long')
    if (!compactForm.test(token)) throw unauthenticated('its form is wrong')
    try {
      const { payload, signer } = await this.#verified(token)
      const { nbf } = payload
      if (nbf !== undefined && nbf * 1000 > this.#clock.now() + this.#leewayMs)
        throw unauthenticated('it is not valid yet')
      return callerFrom(payload, signer)
    } catch (error) {
      if (error instanceof errors.JOSEError)
        throw unauthenticated('its form, algorithm, signature, issuer or audience is wrong')
      throw error
    }
  }

  async #verified(token: string): Promise<{ readonly payload: JWTPayload; readonly signer: string | null }> {
    // This class checks the times by its own clock and leeway, so jose must not.
    const options = { ...this.#named, currentDate: new Date(0), clockTolerance: Number.MAX_SAFE_INTEGER }
    const keySet = this.#keySet
    if (keySet === null || algorithmIn(token) === algorithm) {
      const { payload } = await jwtVerify(token, this.#key, { ...options, algorithms: [algorithm] })
      return { payload, signer: null }
    }
    let signer = ''
    const keyOf = async (...about: Parameters<KeySet['find']>) => {
      const found = await keySet.find(...about)
      signer = found.signer
      return found.key
    }
    const { payload } = await jwtVerify(token, keyOf, { ...options, algorithms: keySetAlgorithms })
    return { payload, signer }
  }
}

/** jose throws a plain TypeError for a header that is not JSON, which would count as an internal error. */
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

function callerFrom(payload: JWTPayload, signer: string | null): Caller {
  const { sub, exp, iat } = payload
  if (!isUserName(sub)) throw unauthenticated('its "sub" is no user name')
  if (typeof exp !== 'number') throw unauthenticated('its "exp" is missing')
  const { role = 'user' } = payload
  if (typeof role !== 'string' || !roles.has(role)) throw unauthenticated('its "role" is unknown')
  return {
    user: sub,
    role: role as Role,
    name: textFrom(payload, 'name'),
    avatar: textFrom(payload, 'avatar'),
    session: textFrom(payload, 'session'),
    grants: grantsFrom(payload.grants),
    expiresAt: Math.min(exp * 1000, maxTimeMs),
    issuedAt: typeof iat === 'number' ? iat * 1000 : null,
    signer,
    refusal: null,
  }
}

/** Refuses a claim of the wrong type: a session that was ignored could not be revoked. */
function textFrom(payload: JWTPayload, claim: 'name' | 'avatar' | 'session'): string | null {
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
  readonly avatar?: string | undefined
  readonly role?: Exclude<Role, 'anonymous'> | undefined
  readonly grants?: readonly Grant[] | undefined
  /** How long it is valid, in seconds. */
  readonly ttlSeconds: number
  readonly session?: string | undefined
  readonly issuer?: string | undefined
  readonly audience?: string | undefined
  /** Milliseconds since the Unix epoch. Default: now. */
  readonly nowMs?: number | undefined
}

/** Signs a token with HS256, as `dovetail token` prints it. */
export async function signToken(claims: TokenClaims): Promise<string> {
  // From plain JavaScript anything may come, and what signs names its own words, such as "sub".
  for (const name of ['user', 'secret'] as const)
    if (typeof claims[name] !== 'string') throw new TypeError(`signToken: "${name}" must be a string`)
  if (!Number.isFinite(claims.ttlSeconds)) throw new TypeError('signToken: "ttlSeconds" must be a number')
  const now = Math.floor((claims.nowMs ?? Date.now()) / 1000)
  const payload: JWTPayload = {
    role: claims.role ?? 'user',
    ...(claims.name === undefined ? {} : { name: claims.name }),
    ...(claims.avatar === undefined ? {} : { avatar: claims.avatar }),
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
