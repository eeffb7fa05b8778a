/**
 * Signed addresses of files: whoever has one may do what it says until it ends, without a token, because an image on a
 * page and an upload to another service can carry none. The key is the addresses' own, so that none passes as a token.
 */
import { createHmac, timingSafeEqual } from 'node:crypto'
import { Failure } from '../core/rules/failure.ts'
import type { Clock } from '../ports/clock.ts'

export type FileDeed = 'read' | 'write'

export class FileAddresses {
  readonly #key: string
  readonly #clock: Clock

  constructor(secret: string, clock: Clock) {
    this.#key = `${secret}\u0000file`
    this.#clock = clock
  }

  /** What stands in the address. `until`: milliseconds since the Unix epoch. */
  sign(deed: FileDeed, id: string, until: number): string {
    const seconds = Math.floor(until / 1000)
    return `${seconds}.${this.#digest(deed, id, seconds)}`
  }

  /** Throws `forbidden`. */
  require(deed: FileDeed, id: string, signature: string): void {
    const [seconds = '', digest = ''] = signature.split('.')
    const isWhole = /^[0-9]{1,12}$/.test(seconds)
    const expected = Buffer.from(isWhole ? this.#digest(deed, id, Number(seconds)) : '')
    const given = Buffer.from(digest)
    const isSigned = isWhole && given.length === expected.length && timingSafeEqual(given, expected)
    if (!isSigned || Number(seconds) * 1000 < this.#clock.now())
      throw new Failure('forbidden', 'This address of a file is not good, or no longer.')
  }

  #digest(deed: FileDeed, id: string, seconds: number): string {
    return createHmac('sha256', this.#key).update(`${deed} ${id} ${seconds}`).digest('base64url')
  }
}
