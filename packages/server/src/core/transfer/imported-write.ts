/** One record to import, checked, as the write that puts it into the log. */
import type { Limits } from 'dovetail-protocol'
import type { Stamp, Write } from '../../ports/store.ts'
import { collectionOf, namedCollection, namedRecord, namedUser } from '../access/address.ts'
import { checkedPayload, checkedText, wrongAt } from '../access/check.ts'
import { type CollectionPolicy, isPlainObject, type NamespacePolicy } from '../access/policy.ts'
import { searchWords } from '../rules/search-tokens.ts'
import { requireOwnId } from '../write/own-id.ts'

/** Times are milliseconds since the Unix epoch. */
export interface Import {
  readonly collection: string
  readonly id?: string | undefined
  /** The id where there is no other. */
  readonly key?: string | undefined
  readonly author?: string | undefined
  readonly createdAt?: number | undefined
  readonly updatedAt?: number | undefined
  readonly deleted: boolean
  /** Who deleted it; absent: the author. */
  readonly deletedBy?: string | undefined
  readonly data?: unknown
  /** Its place in the log from which it was exported. */
  readonly slot: Stamp['slot']
}

/** A write without its words for search, which are made where it is committed. */
export interface ImportedWrite {
  readonly write: Write & { readonly stamp: Stamp }
  readonly words: () => string
}

export interface ImportRules {
  readonly policy: NamespacePolicy
  readonly limits: Limits
  /** The author of records that name none. */
  readonly caller: string
  readonly now: number
}

/** The newest revision that an import gives a log. Revisions are exact up to twice that, so the log never runs out. */
export const newestImported = 2 ** 52

/** Throws why the record can't be imported. */
export function importedWrite(record: Import, { policy, limits, caller, now }: ImportRules): ImportedWrite {
  const collection = collectionOf(policy, namedCollection(record.collection))
  const author = authorOf(record, caller)
  const recordId = idOf(record, collection, author)
  const stamp = stampOf(record, now)
  if (record.deletedBy !== undefined && record.deletedBy !== '') namedUser(record.deletedBy)
  const base = { collection: collection.name, recordId, author, expectRev: 0, stamp }
  if (record.deleted) {
    if (record.data !== undefined) throw wrongAt('/data', 'A deleted record has no data.')
    return { write: { ...base, effect: 'delete', data: '' }, words: () => '' }
  }
  // What was exported is taken as it is: the schema may have changed since it was written. But no record is without an
  // object, on which rights and retention rely.
  const isExported = record.slot !== null
  if (isExported && !isPlainObject(record.data)) throw wrongAt('/data', 'The data must be a JSON object.')
  const data = isExported ? checkedPayload(record.data, limits) : checkedText(record.data, collection, limits)
  if (!isExported) requireOwnId(collection, recordId, author, record.data)
  return { write: { ...base, effect: 'put', data }, words: () => searchWords(collection.search, record.data) }
}

/** An exported record without an author was written by somebody who had no name. */
function authorOf({ author, slot }: Import, caller: string): string {
  if (author === undefined) return caller
  return author === '' && slot !== null ? author : namedUser(author)
}

function idOf(record: Import, collection: CollectionPolicy, author: string): string {
  if (record.id !== undefined) return namedRecord(record.id)
  const canMake = collection.id !== null && !record.deleted && collection.check(record.data).length === 0
  if (collection.id !== null && canMake) {
    return namedRecord(collection.id(record.data as Record<string, unknown>, author))
  }
  if (record.key !== undefined) return namedRecord(record.key)
  throw wrongAt('/id', 'A record that is imported has an "id" or a "key", so that a second import finds it.')
}

function stampOf({ createdAt, updatedAt, slot, deletedBy }: Import, now: number): Stamp {
  const made = createdAt ?? updatedAt ?? now
  const changed = updatedAt ?? made
  if (changed < made) throw wrongAt('/updatedAt', 'A record does not change before it is created.')
  if (slot !== null && slot.pos > slot.rev) throw wrongAt('/pos', 'A "pos" is at or below its "rev".')
  if (slot !== null && slot.rev > newestImported) throw wrongAt('/rev', `A "rev" is ${newestImported} at most.`)
  return { createdAt: made, updatedAt: changed, slot, ...(deletedBy === undefined ? {} : { deletedBy }) }
}
