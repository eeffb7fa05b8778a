/** One collection for the application's own code: the same verbs as every transport, without one. */
import {
  type AnyRecord,
  channelTemplate,
  type LiveRecord,
  type MergePatch,
  type Page,
  type Tombstone,
} from 'dovetail-protocol'
import type { Caller } from '../core/access/caller.ts'
import type { ReadContext, SearchContext } from '../core/read/context.ts'
import { readPage, readRecord } from '../core/read/read.ts'
import { type SearchReply, search } from '../core/read/search.ts'
import { Failure } from '../core/rules/failure.ts'
import { channelAttributes } from '../core/tracing/channel-attributes.ts'
import type { WriteContext } from '../core/write/context.ts'
import { type WriteCommand, type WriteResult, write, writeTogether } from '../core/write/write.ts'
import type { StoredRecord } from '../ports/store.ts'
import type { Tracing } from '../ports/tracing/tracing.ts'
import { encodeRecord } from '../wire/record.ts'
import { encodePage } from '../wire/rest.ts'

export type CollectionContext = ReadContext & SearchContext & WriteContext

export interface ListOptions {
  /** Default and maximum: the server's limits `pageRecordsDefault` and `pageRecords`. */
  readonly limit?: number
  /** The newest records below this `pos`. At most one of `before`, `after` and `around` is given. */
  readonly before?: number
  /** The first records above this `pos`. */
  readonly after?: number
  /** The records on both sides of this `pos`. */
  readonly around?: number
}

export interface WriteOptions {
  /** For whom it is written. Default: the service's own name. */
  readonly author?: string
  /** An idempotency key: a write that is repeated with the same author and key is done once. */
  readonly key?: string
  /** The write is refused with `rev_mismatch` where the record has another revision; 0: where it exists. */
  readonly ifRev?: number
}

/** One write of a batch: what the method of that name takes. */
export type BatchedWrite<Data> =
  | ({ readonly op: 'create'; readonly data: Data } & Omit<WriteOptions, 'ifRev'>)
  | ({ readonly op: 'update'; readonly id: string; readonly patch: MergePatch<Data> } & WriteOptions)
  | ({ readonly op: 'replace'; readonly id: string; readonly data: Data } & WriteOptions)
  | ({ readonly op: 'append'; readonly id: string; readonly path: string; readonly text: string } & WriteOptions)
  | ({ readonly op: 'delete'; readonly id: string } & WriteOptions)

export interface Found<Data> {
  readonly records: readonly LiveRecord<Data>[]
  /** For the next call; `null`: there is no more. */
  readonly after: string | null
}

/** Each promise rejects with a `Failure`, whose `code` is that of docs/protocol.md. */
export interface Collection<Data> {
  readonly channel: string
  readonly name: string
  list(options?: ListOptions): Promise<Page<Data>>
  get(id: string): Promise<LiveRecord<Data>>
  create(data: Data, options?: Omit<WriteOptions, 'ifRev'>): Promise<LiveRecord<Data>>
  update(id: string, patch: MergePatch<Data>, options?: WriteOptions): Promise<LiveRecord<Data>>
  /** Replaces the record, or creates it under this id. */
  replace(id: string, data: Data, options?: WriteOptions): Promise<LiveRecord<Data>>
  /** Adds text at the end of a string of the record. `path`: a JSON pointer into the data. Calls take effect in their order. */
  append(id: string, path: string, text: string, options?: WriteOptions): Promise<LiveRecord<Data>>
  delete(id: string, options?: WriteOptions): Promise<Tombstone>
  /**
   * Writes all of them in one commit, up to the server's limit `batchWrites`, or none: rejects with the refusal of the
   * first one at fault. Each sees what those before it made. Gives the records, in the order of the writes.
   */
  batch(writes: readonly BatchedWrite<Data>[]): Promise<AnyRecord<Data>[]>
  /** Records that have all of these words, the last one as a prefix; the newest first. */
  search(words: string, options?: { readonly limit?: number; readonly after?: string }): Promise<Found<Data>>
}

export function openCollection<Data>(
  core: CollectionContext,
  caller: Caller,
  channel: string,
  name: string,
): Collection<Data> {
  const run = async (command: Omit<WriteCommand, 'channel' | 'collection'>): Promise<AnyRecord> => {
    const whole: WriteCommand = { ...command, channel, collection: name }
    const { record } = await (core.tracing === null
      ? write(core, caller, whole)
      : traced(core, core.tracing, caller, whole))
    return recordOf(record)
  }
  const live = async (command: Omit<WriteCommand, 'channel' | 'collection'>) => (await run(command)) as LiveRecord<Data>
  return {
    channel,
    name,
    list: async ({ limit = core.limits.pageRecordsDefault, ...from } = {}) => {
      const page = await readPage(core, caller, {
        channel,
        collection: name,
        from: startOf(from),
        limit: Math.min(limit, core.limits.pageRecords),
      })
      return JSON.parse(encodePage(page)) as Page<Data>
    },
    get: async (id) => recordOf((await readRecord(core, caller, channel, name, id)).record) as LiveRecord<Data>,
    create: (data, options) => live(commandOf({ ...options, op: 'create', data })),
    update: (id, patch, options) => live(commandOf({ ...options, op: 'update', id, patch })),
    replace: (id, data, options) => live(commandOf({ ...options, op: 'replace', id, data })),
    append: (id, path, text, options) => live(commandOf({ ...options, op: 'append', id, path, text })),
    delete: async (id, options) => (await run(commandOf({ ...options, op: 'delete', id }))) as Tombstone,
    batch: async (writes) => {
      const { batchWrites } = core.limits
      if (writes.length > batchWrites) throw new Failure('too_large', `A batch has at most ${batchWrites} writes.`)
      const commands = writes.map((each) => ({ ...commandOf(each), channel, collection: name }))
      const results = await writeTogether(core, caller, commands)
      return results.map(({ record }) => recordOf(record) as AnyRecord<Data>)
    },
    search: async (q, { limit = core.limits.pageRecordsDefault, after = null } = {}) =>
      foundIn<Data>(await search(core, caller, { q, channel, collection: name, limit, after })),
  }
}

function startOf({ before, after, around }: Omit<ListOptions, 'limit'>) {
  if (before !== undefined) return { before }
  if (after !== undefined) return { after }
  return around === undefined ? { newest: true as const } : { around }
}

function commandOf<Data>(write: BatchedWrite<Data>): Omit<WriteCommand, 'channel' | 'collection'> {
  const options = optionsOf(write)
  switch (write.op) {
    case 'create':
      return { op: 'create', data: write.data, ...options }
    case 'update':
      return { op: 'patch', recordId: write.id, data: write.patch, ...options }
    case 'replace':
      return { op: 'put', recordId: write.id, data: write.data, ...options }
    case 'append':
      return {
        op: 'append',
        recordId: write.id,
        data: [{ op: 'append', path: write.path, value: write.text }],
        ...options,
      }
    case 'delete':
      return { op: 'delete', recordId: write.id, ...options }
  }
}

function optionsOf({ author, key, ifRev }: WriteOptions = {}): Partial<WriteCommand> {
  const required =
    ifRev === undefined ? {} : ifRev === 0 ? { ifAbsent: true } : { ifMatch: [{ epoch: null, rev: ifRev }] }
  return { author, key, ...required }
}

/** The record as every transport would have sent it. */
function recordOf(record: StoredRecord): AnyRecord {
  return JSON.parse(encodeRecord(record)) as AnyRecord
}

function foundIn<Data>({ hits, after }: SearchReply): Found<Data> {
  return { records: hits.map(({ record }) => recordOf(record) as LiveRecord<Data>), after }
}

/** The write as a part of the trace in which the application's own code runs. */
async function traced(
  core: WriteContext,
  tracing: Tracing,
  caller: Caller,
  command: WriteCommand,
): Promise<WriteResult> {
  const { op, channel } = command
  const attributes = channelAttributes(channel, op)
  const span = tracing.begin(`${op} ${channelTemplate(channel)}`, {
    kind: 'internal',
    parent: null,
    prefersActive: true,
    attributes,
  })
  try {
    return await write(core, caller, { ...command, request: span })
  } catch (error) {
    const { code } = Failure.from(error)
    span.set({ 'dovetail.code': code })
    throw error
  } finally {
    span.end()
  }
}
