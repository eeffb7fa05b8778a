/**
 * The records of one channel that are being appended to, whole. Another node notifies of a piece only, since the whole
 * text with each piece would be many times what is written; here the piece is added to what is known.
 */
import type { StoredRecord } from '../../../ports/stored-record.ts'
import { grownText } from '../../rules/append.ts'

/** Beyond this the store is read where a piece comes. */
const maxRecords = 16

export class GrowingRecords {
  /** By collection and id; `null`: a piece of the record came, and nothing is known to add it to. */
  readonly #known = new Map<string, StoredRecord | null>()

  /** The record of a change, whole; `null`: the store has to be read for it. */
  wholeOf(change: StoredRecord): StoredRecord | null {
    if (change.growth === undefined && this.#known.size === 0) return change
    const name = `${change.collection} ${change.id}`
    if (change.growth === undefined && !this.#known.has(name)) return change
    const whole = isPiece(change) ? addTo(this.#known.get(name) ?? null, change) : change
    this.#known.delete(name)
    if (!change.deleted) this.#known.set(name, whole)
    const [oldest] = this.#known.keys()
    if (this.#known.size > maxRecords && oldest !== undefined) this.#known.delete(oldest)
    return whole
  }

  clear(): void {
    this.#known.clear()
  }
}

/** Whether the change carries what was appended, and not the data. */
function isPiece({ growth, data }: StoredRecord): boolean {
  return growth !== undefined && data === ''
}

function addTo(known: StoredRecord | null, change: StoredRecord): StoredRecord | null {
  if (known === null || known.rev !== change.growth?.from) return null
  const data = grownText(known.data, change.growth.pieces)
  return data === null ? null : { ...change, data }
}
