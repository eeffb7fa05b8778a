/** A view's part of the outbox: the view's unacknowledged writes, and the row of each. */
import type { AnyData, MergePatch } from 'dovetail-protocol'
import { isRecordId } from 'dovetail-protocol/names'
import { DovetailError } from '../base/errors.ts'
import { mergePatch } from '../base/merge-patch.ts'
import type { OutboxEntry, OutboxWrite } from '../writes/outbox-entry.ts'
import type { Engine } from './engine.ts'

export interface OwnWritesOptions {
  readonly engine: Engine
  readonly channel: string
  readonly collection: string
  /** The held cursor of the channel. */
  readonly cursor: () => string | null
  /** The data that the row of this key shows now. */
  readonly shown: (rowKey: string) => AnyData | undefined
}

export class OwnWrites {
  readonly #options: OwnWritesOptions
  /** Record id to the row key that its unsent row had, so that the row keeps its identity; and the other way round. */
  readonly #rowKeys = new Map<string, string>()
  readonly #recordIds = new Map<string, string>()

  constructor(options: OwnWritesOptions) {
    this.#options = options
  }

  /** In the order they were written. */
  list(): OutboxEntry[] {
    const { engine, channel, collection } = this.#options
    return engine.outbox.of(channel, collection)
  }

  /** Whether an entry is a write to this view's collection. */
  includes(entry: OutboxEntry): boolean {
    return entry.channel === this.#options.channel && entry.collection === this.#options.collection
  }

  rowKeyOf(recordId: string): string {
    return this.#rowKeys.get(recordId) ?? recordId
  }

  /** Whether a record is known to be the outcome of a create that was seen here. */
  isClaimed(recordId: string): boolean {
    return this.#rowKeys.has(recordId)
  }

  /** The record is the outcome of the create whose row has this key. */
  claim(recordId: string, rowKey: string): void {
    this.#rowKeys.set(recordId, rowKey)
    this.#recordIds.set(rowKey, recordId)
  }

  /** Forgets a record whose row is no longer held. */
  release(recordId: string): void {
    const rowKey = this.#rowKeys.get(recordId)
    if (rowKey === undefined) return
    this.#rowKeys.delete(recordId)
    this.#recordIds.delete(rowKey)
  }

  create(data: AnyData, key?: string): string {
    return this.#options.engine.outbox.add({ ...this.#write({ op: 'create', data }), key }).key
  }

  /** `id`: a record id, or the key of a row. */
  update(id: string, patch: MergePatch<AnyData>): string {
    JSON.stringify(patch) // What has no JSON is refused here, before a row is made of it.
    const shown = this.#options.shown(this.rowKeyOf(id))
    return this.#edit(id, { op: 'patch', data: patch, preview: shown && mergePatch(shown, patch) })
  }

  delete(id: string): string {
    return this.#edit(id, { op: 'delete', preview: this.#options.shown(this.rowKeyOf(id)) })
  }

  retry(rowKey: string): void {
    this.#options.engine.outbox.retry(this.#keysOf(rowKey))
  }

  discard(rowKey: string): void {
    this.#options.engine.outbox.discard(this.#keysOf(rowKey))
  }

  #edit(id: string, edit: { op: 'patch' | 'delete'; data?: unknown; preview?: unknown }): string {
    const recordId = this.#recordIds.get(id) ?? id
    if (!isRecordId(recordId)) throw new DovetailError('invalid_name', `"${id}"`, { status: 400 })
    this.#options.engine.outbox.addEdit(recordId, { ...this.#write(edit), op: edit.op })
    return this.rowKeyOf(recordId)
  }

  #write(write: Pick<OutboxWrite, 'op' | 'data' | 'preview'>): OutboxWrite {
    const { channel, collection, cursor } = this.#options
    return { ...write, channel, collection, since: cursor() }
  }

  /** The idempotency keys of a row's unacknowledged writes. */
  #keysOf(rowKey: string): string[] {
    const isOfRow = ({ key, target, recordId }: OutboxEntry) =>
      key === rowKey || target === rowKey || (recordId !== undefined && this.rowKeyOf(recordId) === rowKey)
    return this.list()
      .filter(isOfRow)
      .map(({ key }) => key)
  }
}
