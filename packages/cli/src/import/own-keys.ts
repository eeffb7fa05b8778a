import { createHash } from 'node:crypto'
import type { ImportedRecord } from './incoming.ts'

/**
 * Names records that have no id by what they say, so that the same source gives the same names again, also where it has
 * grown at its end. Records that say the same are told apart by their order.
 */
export class OwnKeys {
  readonly #seen = new Map<string, number>()

  of({ collection, author, createdAt, data }: ImportedRecord): string {
    const content = digest(JSON.stringify([collection, author, createdAt, data]))
    const count = this.#seen.get(content) ?? 0
    this.#seen.set(content, count + 1)
    return count === 0 ? content : digest(`${content} ${count}`)
  }
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 22)
}
