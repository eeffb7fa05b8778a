import type { AnyData, LiveRecord, MergePatch, Page, Tombstone } from 'dovetail-protocol'
import { isCollectionName, isRecordId } from 'dovetail-protocol/names'
import { DovetailError } from './base/errors.ts'
import { newKey } from './base/key.ts'
import { channelPath } from './base/rest.ts'
import type { Engine } from './live/engine.ts'
import { LiveList } from './live/live-list.ts'
import type { LiveOptions, LiveView } from './live/live-view.ts'
import type { Write } from './writes/write.ts'

export interface ListOptions {
  /** 1..500. Default 50. */
  readonly limit?: number
  /** The newest records below this `pos`. */
  readonly before?: number
  /** The first records above this `pos`. */
  readonly after?: number
  /** Records on both sides of this `pos`. */
  readonly around?: number
  /** Only records that contain these words, the newest first. */
  readonly q?: string
  readonly signal?: AbortSignal
}

export interface WriteOptions {
  /** The idempotency key, which makes the write safe to repeat. Default: a new random key, used for this call's own retries. */
  readonly key?: string
  /** The write is refused with `rev_mismatch` when the record has another revision. 0: when the record exists. */
  readonly ifRev?: number
  /**
   * Default true: with a storage, the write waits in the outbox, in order with all other writes to the channel, and
   * survives a lost connection and a reload. False: it is sent now, independently of other writes, and given up
   * after five attempts; for data that is soon out of date, such as a position.
   */
  readonly keep?: boolean
  /**
   * For whom a backend writes; only a `service` may. Such a write is sent at once, as with `keep: false`. Default: the
   * client's own user.
   */
  readonly author?: string
}

/** Reads and writes of one collection. Each promise rejects with a `DovetailError`. */
export interface Collection<Data = AnyData> {
  readonly channel: string
  readonly name: string
  list(options?: ListOptions): Promise<Page<Data>>
  get(id: string): Promise<LiveRecord<Data>>
  create(data: Data, options?: Pick<WriteOptions, 'key' | 'keep' | 'author'>): Promise<LiveRecord<Data>>
  update(id: string, patch: MergePatch<Data>, options?: WriteOptions): Promise<LiveRecord<Data>>
  replace(id: string, data: Data, options?: WriteOptions): Promise<LiveRecord<Data>>
  /**
   * Adds text at the end of a string of the record. `path`: a JSON pointer into the data, such as `/text`. Calls for one
   * record take effect in their order; those that come while one is sent go together. Text that is refused takes along
   * what waits behind it. `id` may be the key of a create that has no answer yet.
   */
  append(id: string, path: string, text: string, options?: Pick<WriteOptions, 'keep'>): Promise<void>
  delete(id: string, options?: WriteOptions): Promise<Tombstone | null>
  live(options?: LiveOptions): LiveView<Data>
}

let late: typeof import('./writes/late.ts') | undefined

/** Names are checked before they become a path: `..` would lead elsewhere. */
export function openCollection<Data>(engine: Engine, channel: string, name: string): Collection<Data> {
  if (!isCollectionName(name)) throw new DovetailError('invalid_name', `"${name}"`, { status: 400 })
  const path = `${channelPath(channel)}/${name}`
  const { rest } = engine.network

  const write = async <Result>(op: Write['op'], id: string | null, data: unknown, options: WriteOptions = {}) => {
    const recordId = id === null ? undefined : checkedId(id)
    const { ifRev, key = newKey(), author, keep = true } = options
    const { outbox } = engine
    const complete = { op, channel, collection: name, recordId, data, ifRev, key, author }
    if (keep && author === undefined && outbox.isStored) return (await outbox.deliver(complete)).record as Result
    // Once it is loaded, a write is on its way before this returns: a page that is being closed runs no later task.
    late ??= await import('./writes/late.ts')
    return (await late.send(engine, complete)).record as Result
  }

  return {
    channel,
    name,
    list: ({ signal, ...query } = {}) => rest.get<Page<Data>>(path, { query, signal }),
    get: async (id) => rest.get<LiveRecord<Data>>(`${path}/${encodeURIComponent(checkedId(id))}`),
    create: (data, options) => write('create', null, data, options),
    update: (id, patch, options) => write('patch', id, patch, options),
    replace: (id, data, options) => write('put', id, data, options),
    append: async (id, path, text, options) => {
      late ??= await import('./writes/late.ts')
      return late.append(engine, { channel, collection: name, recordId: checkedId(id) }, path, text, options?.keep)
    },
    delete: (id, options) => write('delete', id, undefined, options),
    // Inside, data is of any type; what it is, the caller said.
    live: (options = {}) => new LiveList(engine, channel, name, options) as unknown as LiveView<Data>,
  }
}

function checkedId(id: string): string {
  if (!isRecordId(id)) throw new DovetailError('invalid_name', `"${id}"`, { status: 400 })
  return id
}
