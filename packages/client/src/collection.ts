import type { LiveRecord, Page, Tombstone } from '@dovetail/protocol'
import type { LiveOptions, LiveView } from './live-view.ts'
import type { AnyData, MergePatch } from './types.ts'

export interface ListOptions {
  /** 1..500. Default 50. */
  readonly limit?: number
  /** The newest ones below this `pos`. */
  readonly before?: number
  /** The first ones above this `pos`. */
  readonly after?: number
  /** Those on both sides of this `pos`. */
  readonly around?: number
  /** Only those with these words, best first. */
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
