/** All that a store keeps, compared with the configuration. */
import { namespaceOf } from 'dovetail-protocol'
import type { Store, StoredRecord, Unit, Write } from '../../ports/store.ts'
import type { CollectionPolicy, Policies } from '../access/policy.ts'
import { searchWords } from '../rules/search-tokens.ts'

/** What a record is to the configuration. */
export type Fit =
  /** It fits the schema as it is stored. */
  | 'fits'
  /** An upgrade makes it fit. */
  | 'upgraded'
  | 'unfit'
  | 'no collection'
  | 'no namespace'

/** Counts of records by what they are; `name`: of a collection as `chat.messages`, or of a namespace that is not there. */
export interface FitCount {
  readonly name: string
  readonly fit: Fit
  readonly records: number
  /** One of these records, as `chat:a/messages/id`. */
  readonly example: string
}

export class FitCounts {
  readonly #counts = new Map<string, FitCount>()
  records = 0

  add(channel: string, record: StoredRecord, fit: Fit): void {
    const namespace = namespaceOf(channel)
    const name = fit === 'no namespace' ? namespace : `${namespace}.${record.collection}`
    const key = `${fit} ${name}`
    const known = this.#counts.get(key)
    const example = known?.example ?? `${channel}/${record.collection}/${record.id}`
    this.#counts.set(key, { name, fit, records: (known?.records ?? 0) + 1, example })
    this.records++
  }

  get all(): readonly FitCount[] {
    return [...this.#counts.values()]
  }
}

export function fitOf(policies: Policies, channel: string, record: StoredRecord): Fit {
  const policy = policies.of(channel)
  if (policy === null) return 'no namespace'
  const collection = policy.collections.get(record.collection)
  if (collection === undefined) return 'no collection'
  if (fits(collection, record.data)) return 'fits'
  const newest = collection.newest?.(record.data) ?? record.data
  return newest !== record.data && fits(collection, newest) ? 'upgraded' : 'unfit'
}

function fits({ check }: CollectionPolicy, data: string): boolean {
  return check(JSON.parse(data)).length === 0
}

const pageOfChannels = 500
const pageOfChanges = { limit: 500, bytes: 1_000_000 }

export interface FoundRecord {
  readonly channel: string
  readonly record: StoredRecord
}

/** Every live record of a store, channel by channel; what is written meanwhile is left out. */
export async function* allRecords(store: Store): AsyncGenerator<FoundRecord, undefined> {
  for (let after = ''; ; ) {
    const channels = await store.channels({ prefix: '', after, limit: pageOfChannels })
    for (const { name, head } of channels)
      for await (const record of recordsOf(store, name, head)) yield { channel: name, record }
    if (channels.length < pageOfChannels) return undefined
    after = channels.at(-1)?.name ?? after
  }
}

/** Up to the revision `head`: a record that is written during the walk comes again behind it. */
async function* recordsOf(store: Store, channel: string, head: number): AsyncGenerator<StoredRecord, undefined> {
  for (let after = 0; after < head; ) {
    const read = await store.changes({ channel, after, ...pageOfChanges })
    for (const record of read?.changes ?? []) if (!record.deleted && record.rev <= head) yield record
    if (read === null || !read.more) return undefined
    after = read.to
  }
  return undefined
}

/** What a start reads: the channels that were written last, and the last changes of each. */
const recentChannels = 50
const recentChanges = 20

/** The latest records of the channels that were written last. */
export async function recentFits(store: Store, policies: Policies): Promise<FitCounts> {
  const counts = new FitCounts()
  for (const { name, head } of await store.recentChannels(recentChannels)) {
    const after = Math.max(0, head - recentChanges)
    const read = await store.changes({ channel: name, after, ...pageOfChanges })
    for (const record of read?.changes ?? [])
      if (!record.deleted) counts.add(name, record, fitOf(policies, name, record))
  }
  return counts
}

/**
 * Writes records in their newest shape, in one commit, each as a change like any other: every reader and every node
 * holds the record of a revision to be one and the same. Its time stays, for nobody edited it. Returns of each whether it
 * was written; somebody else may have done it meanwhile.
 */
export async function writeNewest(
  store: Store,
  policies: Policies,
  all: readonly FoundRecord[],
): Promise<readonly boolean[]> {
  const outcomes = await store.commit(all.map((found) => newestUnit(policies, found)))
  return outcomes.map((outcome) => {
    if (outcome.kind === 'failed') throw outcome.cause
    return outcome.kind === 'committed'
  })
}

function newestUnit(policies: Policies, { channel, record }: FoundRecord): Unit {
  const writes = [newestWrite(policies, channel, record)]
  return { channel, at: record.updatedAt, writes, make: false, membersRev: null }
}

/** The write that puts a record into its newest shape. */
export function newestWrite(policies: Policies, channel: string, record: StoredRecord): Write {
  const { collection, id, rev, author } = record
  const policy = policies.of(channel)?.collections.get(collection)
  const data = policy?.newest?.(record.data) ?? record.data
  const words = searchWords(policy?.search ?? [], JSON.parse(data))
  return { collection, recordId: id, effect: 'put', data, author, expectRev: rev, words }
}
