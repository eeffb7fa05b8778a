import type { LiveRecord, Page, Tombstone } from '@dovetail/protocol'
import { isCollectionName, isRecordId } from '@dovetail/protocol/names'
import type { Engine } from './engine.ts'
import { DovetailError } from './errors.ts'
import { newKey } from './key.ts'
import { LiveList } from './live-list.ts'
import type { LiveOptions, LiveView } from './live-view.ts'
import { channelPath } from './rest.ts'
import type { AnyData, MergePatch } from './types.ts'
import type { Write } from './writer.ts'

export interface ListOptions {
  /** 1..500. Default 50. */
  readonly limit?: number
  /** The newest ones below this `pos`. */
  readonly before?: number
  /** The first ones above this `pos`. */
  readonly after?: number
  /** Those on both sides of this `pos`. */
  readonly around?: number
  /** Only those with these words, the newest first. */
  readonly q?: string
  readonly signal?: AbortSignal
}

export interface WriteOptions {
  /** Makes the write safe to repeat. Default: a new random one, used for this call's own retries. */
  readonly key?: string
  /** Refused with `rev_mismatch` where the record has another revision. 0: only where there is none. */
  readonly ifRev?: number
}

/** Reads and writes of one collection. Each promise rejects with a `DovetailError`. */
export interface Collection<Data = AnyData> {
  readonly channel: string
  readonly name: string
  list(options?: ListOptions): Promise<Page<Data>>
  get(id: string): Promise<LiveRecord<Data>>
  create(data: Data, options?: Pick<WriteOptions, 'key'>): Promise<LiveRecord<Data>>
  update(id: string, patch: MergePatch<Data>, options?: WriteOptions): Promise<LiveRecord<Data>>
  replace(id: string, data: Data, options?: WriteOptions): Promise<LiveRecord<Data>>
  delete(id: string, options?: WriteOptions): Promise<Tombstone | null>
  live(options?: LiveOptions): LiveView<Data>
}

/** Names are checked before they become a path: `..` would lead elsewhere. */
export function openCollection<Data>(engine: Engine, channel: string, name: string): Collection<Data> {
  if (!isCollectionName(name)) throw new DovetailError('invalid_name', `"${name}"`, { status: 400 })
  const path = `${channelPath(channel)}/${name}`
  const { rest } = engine.network

  const write = async <Result>(op: Write['op'], id: string | null, data: unknown, options: WriteOptions = {}) => {
    const recordId = id === null ? undefined : checkedId(id)
    const { ifRev, key = newKey() } = options
    const written = await engine.writer.patiently({ op, channel, collection: name, recordId, data, ifRev, key })
    return written.record as Result
  }

  return {
    channel,
    name,
    list: ({ signal, ...query } = {}) => rest.get<Page<Data>>(path, { query, signal }),
    get: async (id) => rest.get<LiveRecord<Data>>(`${path}/${encodeURIComponent(checkedId(id))}`),
    create: (data, options) => write('create', null, data, options),
    update: (id, patch, options) => write('patch', id, patch, options),
    replace: (id, data, options) => write('put', id, data, options),
    delete: (id, options) => write('delete', id, undefined, options),
    // Inside, data is of any type; what it is, the caller said.
    live: (options = {}) => new LiveList(engine, channel, name, options) as unknown as LiveView<Data>,
  }
}

function checkedId(id: string): string {
  if (!isRecordId(id)) throw new DovetailError('invalid_name', `"${id}"`, { status: 400 })
  return id
}
