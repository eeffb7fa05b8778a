/**
 * API keys: what a service sends in the place of a token that somebody would have to sign anew every hour. A key is
 * `dk_` and 256 random bits. It is shown once; the store keeps its SHA-256, which needs no salt and no slow hash, because
 * nobody can try all keys. A key is one sign-in, so it is revoked as a session is.
 */
import { createHash, randomBytes } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import { anonymous, type Caller } from '../core/access/caller.ts'
import { requireIdentity } from '../core/access/require-staff.ts'
import type { Core } from '../core/core.ts'
import { Failure } from '../core/rules/failure.ts'
import type { ApiKey, ApiKeyRole, ApiKeys } from '../ports/api-keys/api-keys.ts'
import type { Clock } from '../ports/clock.ts'

const mark = 'dk_'
/** 32 bytes in base64url: a key has one spelling. */
const form = /^dk_[\w-]{43}$/
/** The list of all keys is one reply. */
const mostKeys = 1000
/** The last use of a key is written at most once in this time by each node. */
const noteEveryMs = 60_000

interface Known {
  readonly caller: Caller
  notedAt: number
}

/** Says whom a key speaks for. */
export class ApiKeyVerifier {
  readonly #keys: ApiKeys
  readonly #clock: Clock
  readonly #report: Core['report']
  /** By digest. A revoked key may be among them: the revocation of its session refuses it. */
  readonly #known = new LRUCache<string, Known>({ max: mostKeys })

  constructor(keys: ApiKeys, clock: Clock, report: Core['report']) {
    this.#keys = keys
    this.#clock = clock
    this.#report = report
  }

  /** The caller, without a promise where the key is known already. Throws `unauthenticated`. */
  verify(token: string): Caller | Promise<Caller> {
    if (!form.test(token)) throw unknownKey()
    const digest = digestOf(token)
    const known = this.#known.get(digest)
    return known === undefined ? this.#find(digest) : this.#used(known)
  }

  async #find(digest: string): Promise<Caller> {
    const key = await this.#keys.find(digest)
    if (key === null) throw unknownKey()
    const known = { caller: callerOf(key), notedAt: key.lastUsedAt ?? 0 }
    this.#known.set(digest, known)
    return this.#used(known)
  }

  #used(known: Known): Caller {
    const now = this.#clock.now()
    if (now - known.notedAt >= noteEveryMs) {
      known.notedAt = now
      const id = idOf(known.caller)
      this.#keys.note(id, now).catch((error: unknown) => this.#report(error, 'noting the use of an API key'))
    }
    return known.caller
  }
}

export function isApiKey(token: string): boolean {
  return token.startsWith(mark)
}

/** What managing keys needs. */
export interface ApiKeyOffice {
  readonly core: Pick<Core, 'clock' | 'revocations'>
  readonly keys: ApiKeys
}

/** Makes a key. The result alone has its text. */
export async function createApiKey(
  { core, keys }: ApiKeyOffice,
  caller: Caller,
  wanted: { readonly user: string; readonly role: ApiKeyRole },
): Promise<{ readonly key: ApiKey; readonly text: string }> {
  requireKeyAdmin(caller)
  if ((await keys.list()).length >= mostKeys)
    throw new Failure('too_large', `This server has ${mostKeys} API keys: revoke some first.`)
  const text = `${mark}${randomBytes(32).toString('base64url')}`
  const digest = digestOf(text)
  const key = { ...wanted, id: digest.slice(0, 16), digest, createdAt: core.clock.now(), lastUsedAt: null }
  await keys.save(key)
  return { key, text }
}

export async function listApiKeys({ keys }: ApiKeyOffice, caller: Caller): Promise<readonly ApiKey[]> {
  requireKeyAdmin(caller)
  return await keys.list()
}

/**
 * Ends a key. The revocation comes first and is durable: it counts on every node, also where this one dies before the
 * key is out of the list.
 */
export async function revokeApiKey({ core, keys }: ApiKeyOffice, caller: Caller, id: string): Promise<void> {
  requireKeyAdmin(caller)
  if (!(await keys.list()).some((key) => key.id === id)) throw new Failure('not_found', 'There is no such API key.')
  await core.revocations.revoke('session', sessionOf(id))
  await keys.drop(id)
}

/** Whoever makes keys can make one for an administrator, so that no service may. */
export function requireKeyAdmin(caller: Caller): void {
  requireIdentity(caller)
  if (caller.role !== 'admin') throw new Failure('forbidden', 'Only an admin may manage API keys.')
}

function digestOf(token: string): string {
  return createHash('sha256').update(token).digest('hex')
}

const sessionMark = 'key:'

function sessionOf(id: string): string {
  return `${sessionMark}${id}`
}

function idOf({ session }: Caller): string {
  return session?.slice(sessionMark.length) ?? ''
}

function callerOf({ id, user, role, createdAt }: ApiKey): Caller {
  return { ...anonymous, user, role, session: sessionOf(id), issuedAt: createdAt }
}

function unknownKey(): Failure {
  return new Failure('unauthenticated', 'The API key is not accepted: it is unknown.')
}
