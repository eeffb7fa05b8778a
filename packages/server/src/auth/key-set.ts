/**
 * The public keys of an external issuer, for RS256, ES256 and EdDSA only. A key is found by `kid`, and is never taken
 * from the token. The keys are read again after a fixed time, so that a key that the issuer withdrew ends what it
 * signed, and where a token names a key that is not known, but not more often than a cool-down allows: until then that
 * key is "not known yet", which is no verdict on the token.
 */
import { createHash } from 'node:crypto'
import { createLocalJWKSet, errors, type JSONWebKeySet, type JWSHeaderParameters } from 'jose'
import { LRUCache } from 'lru-cache'
import { Failure } from '../core/rules/failure.ts'
import type { Clock, Stop } from '../ports/clock.ts'
import type { KeySource, ReadKeys } from './key-source.ts'

export const keySetAlgorithms = ['RS256', 'ES256', 'EdDSA']

/** How often the keys are read: `refreshMs` without being asked, `coolDownMs` at most for unknown keys. */
const paces = {
  file: { refreshMs: 10_000, coolDownMs: 1000 },
  url: { refreshMs: 60_000, coolDownMs: 10_000 },
} as const
/** Keys that could not be read again for so long count no more. */
const staleMs = 3_600_000
const rememberedKids = 1000
/** Seconds after which a client may retry when the keys could not be read. */
const retrySeconds = 5

/** A key, and what stands for it while it counts: its `kid` and a digest of what the issuer says of it. */
export interface FoundKey {
  readonly key: Awaited<ReturnType<Find>>
  readonly signer: string
}

type Find = ReturnType<typeof createLocalJWKSet>
type Token = Parameters<Find>[1]

interface Keys {
  readonly text: string
  readonly find: Find
  /** What stands for the keys of each `kid`; of tokens without one, under the empty text, for all keys together. */
  readonly signers: ReadonlyMap<string, string>
}

export interface KeySetOptions {
  readonly source: KeySource
  readonly clock: Clock
  readonly report: (error: unknown, doing: string) => void
}

export class KeySet {
  readonly #read: ReadKeys
  readonly #clock: Clock
  readonly #report: KeySetOptions['report']
  readonly #pace: (typeof paces)[keyof typeof paces]
  readonly #unknown = new LRUCache<string, number>({ max: rememberedKids })
  readonly #withdrawn = new LRUCache<string, true>({ max: rememberedKids })
  #keys: Keys | null = null
  /** When the keys were last read, and last asked for by a token; monotonic ms. */
  #readAt = Number.NEGATIVE_INFINITY
  #askedAt = Number.NEGATIVE_INFINITY
  #reading: Promise<Keys> | null = null
  #stopTimer: Stop = () => {}
  #notify: () => void = () => {}

  private constructor({ source, clock, report }: KeySetOptions) {
    this.#read = source.read
    this.#pace = paces[source.kind]
    this.#clock = clock
    this.#report = report
  }

  /** Rejects where a file is missing or is no JWKS. A URL is asked when the first token needs it. */
  static async open(options: KeySetOptions): Promise<KeySet> {
    const keySet = new KeySet(options)
    if (options.source.kind === 'file') await keySet.#load()
    return keySet
  }

  /** `notify` is called where a key was withdrawn or changed. */
  onWithdrawal(notify: () => void): void {
    this.#notify = notify
  }

  /** Whether the key that signed a token still counts. */
  isCurrent(signer: string): boolean {
    const kid = signer.slice(0, signer.lastIndexOf(' '))
    return this.#keys === null || this.#keys.signers.get(kid) === signer
  }

  /**
   * Throws jose's `JWKSNoMatchingKey` where the issuer has no such key, and `store_unavailable` where that can't be told
   * now.
   */
  async find(header: JWSHeaderParameters, token: Token): Promise<FoundKey> {
    const isFresh = this.#keys !== null && this.#clock.monotonic() - this.#readAt < staleMs
    const keys = (isFresh ? this.#keys : null) ?? (await this.#readFor(header.kid))
    try {
      return await found(keys, header, token)
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error
    }
    return this.#findUnknown(header, token)
  }

  stop(): void {
    this.#stopTimer()
    this.#stopTimer = () => {}
  }

  async #findUnknown(header: JWSHeaderParameters, token: Token): Promise<FoundKey> {
    const kid = header.kid ?? ''
    const now = this.#clock.monotonic()
    const { coolDownMs } = this.#pace
    const wasAskedFor = (this.#unknown.get(kid) ?? Number.NEGATIVE_INFINITY) + coolDownMs > now
    if (wasAskedFor || this.#withdrawn.has(kid)) throw new errors.JWKSNoMatchingKey()
    // What is being read may be from before the key was published: the token is asked for again.
    const isUnderWay = this.#reading !== null
    const waitMs = this.#askedAt + coolDownMs - now
    if (!isUnderWay && waitMs > 0) throw notKnownYet(waitMs)
    const keys = await this.#readFor(kid)
    try {
      return await found(keys, header, token)
    } catch (error) {
      if (isUnderWay) throw notKnownYet(coolDownMs)
      throw error
    }
  }

  /** The keys as they are from now on, read for a token with this `kid`. */
  async #readFor(kid = ''): Promise<Keys> {
    const isUnderWay = this.#reading !== null
    if (!isUnderWay) this.#askedAt = this.#clock.monotonic()
    try {
      const keys = await this.#load()
      if (!isUnderWay && !keys.signers.has(kid)) this.#unknown.set(kid, this.#askedAt)
      return keys
    } catch (cause) {
      throw new Failure('store_unavailable', 'The keys that tokens are checked by can not be read now.', {
        retryAfter: retrySeconds,
        cause,
      })
    }
  }

  #load(): Promise<Keys> {
    this.#reading ??= this.#loadNow().finally(() => {
      this.#reading = null
    })
    return this.#reading
  }

  async #loadNow(): Promise<Keys> {
    const text = await this.#read()
    this.#readAt = this.#clock.monotonic()
    const before = this.#keys
    const keys = before?.text === text ? before : keysIn(text)
    this.#keys = keys
    this.#schedule()
    if (before !== null && before !== keys) this.#compare(before, keys)
    return keys
  }

  #compare(before: Keys, keys: Keys): void {
    for (const kid of keys.signers.keys()) this.#withdrawn.delete(kid)
    for (const kid of before.signers.keys()) if (!keys.signers.has(kid)) this.#withdrawn.set(kid, true)
    this.#notify()
  }

  #schedule(): void {
    this.#stopTimer()
    this.#stopTimer = this.#clock.after(this.#pace.refreshMs, () => {
      this.#load().catch((error: unknown) => {
        this.#report(error, "reading the issuer's keys again")
        this.#schedule()
      })
    })
  }
}

async function found(keys: Keys, header: JWSHeaderParameters, token: Token): Promise<FoundKey> {
  const key = await keys.find(header, token)
  return { key, signer: keys.signers.get(header.kid ?? '') ?? '' }
}

/** @throws where the text is no JWKS. */
function keysIn(text: string): Keys {
  const set = JSON.parse(text) as JSONWebKeySet
  const find = createLocalJWKSet(set)
  const texts = new Map<string, string>([['', text]])
  for (const key of set.keys) {
    if (typeof key.kid === 'string' && key.kid !== '')
      texts.set(key.kid, (texts.get(key.kid) ?? '') + JSON.stringify(key))
  }
  return { text, find, signers: new Map([...texts].map(([kid, about]) => [kid, `${kid} ${digestOf(about)}`])) }
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('base64url')
}

function notKnownYet(waitMs: number): Failure {
  return new Failure('store_unavailable', 'The key that signed this token is not known yet.', {
    retryAfter: Math.max(1, Math.ceil(waitMs / 1000)),
  })
}
