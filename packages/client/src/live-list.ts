import type { AnyRecord, Change, LiveRecord, SnapshotPage } from '@dovetail/protocol'
import { type Cursor, parseCursor } from '@dovetail/protocol/cursor'
import { backOffMs } from './back-off.ts'
import type { Stop } from './clock.ts'
import type { Engine } from './engine.ts'
import { DovetailError } from './errors.ts'
import { Listeners } from './listeners.ts'
import { liveState } from './live-state.ts'
import type { LiveEntry, LiveOptions, LiveSnapshot, LiveView } from './live-view.ts'
import { nothing } from './nothing.ts'
import type { OutboxEntry } from './outbox.ts'
import { overlay } from './overlay.ts'
import { type RangeQuery, readRange } from './read-range.ts'
import { RecordWindow, type WholeRange } from './record-window.ts'
import { canRetry } from './retry.ts'
import { SnapshotFields } from './snapshot-fields.ts'
import type { Reader, Subscription } from './subscription.ts'
import type { AnyData, MergePatch } from './types.ts'
import type { Written } from './writer.ts'

type Row = Extract<LiveEntry<AnyData>, { status: 'acknowledged' }>
type Side = 'older' | 'newer'

/** A live view: pages by REST and changes by subscription, joined in a `RecordWindow`, with the outbox laid over. */
export class LiveList extends SnapshotFields implements LiveView<AnyData>, Reader {
  readonly page: { collection: string; limit: number } | null
  readonly #engine: Engine
  readonly #subscription: Subscription
  readonly #collection: string
  readonly #limit: number
  readonly #around: number | undefined
  readonly #window: RecordWindow<Row>
  /** Record id to the row key that its pending row had, so that the row keeps its identity. */
  readonly #keys = new Map<string, string>()
  readonly #listeners = new Listeners()
  readonly #stops: Stop[]
  /** Pages asked for before reading began anew are void. */
  #generation = 0
  #loaded = false
  /** Something was shown: it stays while it is read anew. */
  #shown = false
  #epoch: string | null = null
  /** The one before: what is still acknowledged in it is void. */
  #formerEpoch: string | null = null
  /** Of the rows: while they are read anew, still the former one. */
  #shownEpoch: string | null = null
  #error: DovetailError | null = null
  #loads: { older: Promise<void> | null; newer: Promise<void> | null } = { older: null, newer: null }
  #stopRetry: Stop = nothing
  #snapshot: LiveSnapshot | null = null
  #telling = false
  #closed = false

  constructor(engine: Engine, channel: string, collection: string, options: LiveOptions) {
    super()
    this.#engine = engine
    this.#collection = collection
    this.#limit = options.limit ?? 50
    this.#around = options.around
    this.page = options.around === undefined ? { collection, limit: this.#limit } : null
    this.#window = new RecordWindow((record) => this.#rowOf(record))
    this.#subscription = engine.subscriptions.of(channel)
    this.#stops = [
      engine.outbox.changed.add(() => this.stateChanged()),
      engine.outbox.settled.add(({ entry, written }) => this.#settled(entry, written)),
      this.#subscription.add(this),
    ]
  }

  getSnapshot(): LiveSnapshot {
    this.#snapshot ??= this.#render()
    return this.#snapshot
  }

  subscribe(listener: () => void): Stop {
    return this.#listeners.add(listener)
  }

  loadOlder(count = this.#limit): Promise<void> {
    return this.#load('older', { before: this.#window.low, limit: count })
  }

  loadNewer(count = this.#limit): Promise<void> {
    return this.#load('newer', { after: this.#window.high, limit: count })
  }

  create(data: AnyData): string {
    return this.#add({ op: 'create', data }).key
  }

  update(id: string, patch: MergePatch<AnyData>): string {
    this.#add({ op: 'patch', recordId: id, data: patch })
    return this.#keys.get(id) ?? id
  }

  delete(id: string): string {
    this.#add({ op: 'delete', recordId: id })
    return this.#keys.get(id) ?? id
  }

  retry(key: string): void {
    this.#engine.outbox.retry(this.#writesOf(key))
  }

  discard(key: string): void {
    this.#engine.outbox.discard(this.#writesOf(key))
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#generation += 1
    this.#stopRetry()
    for (const stop of this.#stops) stop()
    this.#listeners.clear()
  }

  joined(snapshot: SnapshotPage | null, cursor: Cursor, anew: boolean): void {
    if (this.#loaded && !anew) return
    this.#generation += 1
    this.#stopRetry()
    const another = this.#epoch !== null && this.#epoch !== cursor.epoch
    if (another) this.#formerEpoch = this.#epoch
    this.#window.restart(another)
    this.#epoch = cursor.epoch
    this.#loaded = false
    this.#loads = { older: null, newer: null }
    if (snapshot !== null && this.page !== null) {
      const records = snapshot.records as LiveRecord[]
      this.#show({ records, from: snapshot.before ?? 0, to: Number.POSITIVE_INFINITY, at: cursor.rev })
    } else this.#begin(0)
    // Writes of before this wait for the cursor.
    this.#engine.outbox.drain()
    this.stateChanged()
  }

  changes(changes: readonly Change[]): void {
    this.#epoch = this.#subscription.cursor?.epoch ?? this.#epoch
    if (this.#loaded) this.#shownEpoch = this.#epoch
    const records: AnyRecord[] = []
    for (const { collection, record } of changes) if (collection === this.#collection) records.push(record)
    this.#window.put(records)
    // Also where no row changed: the cursor did.
    this.stateChanged()
  }

  /** Something that the snapshot is made of changed. Listeners are told once per turn. */
  stateChanged(): void {
    this.#snapshot = null
    if (this.#telling || this.#closed) return
    this.#telling = true
    queueMicrotask(() => {
      this.#telling = false
      this.#listeners.tell()
    })
  }

  #rowOf(record: LiveRecord): Row {
    const typed = record as LiveRecord<AnyData>
    return { status: 'acknowledged', key: this.#keys.get(record.id) ?? record.id, data: typed.data, record: typed }
  }

  #add(write: { op: OutboxEntry['op']; recordId?: string; data?: unknown }): OutboxEntry {
    if (this.#closed) throw new DovetailError('closed', 'closed here')
    const target = { channel: this.#subscription.channel, collection: this.#collection }
    return this.#engine.outbox.add({ ...target, ...write, since: this.#subscription.cursorText })
  }

  #writes(): OutboxEntry[] {
    return this.#engine.outbox.of(this.#subscription.channel, this.#collection)
  }

  /** The idempotency keys of a row's unacknowledged writes. */
  #writesOf(key: string): string[] {
    return this.#writes()
      .filter(
        (entry) =>
          entry.key === key ||
          (entry.recordId !== undefined && (this.#keys.get(entry.recordId) ?? entry.recordId) === key),
      )
      .map((entry) => entry.key)
  }

  #settled(entry: OutboxEntry, { record, at }: Written): void {
    const { channel } = this.#subscription
    if (entry.channel !== channel || entry.collection !== this.#collection) return
    if (record === null) {
      this.#deleted(entry.recordId)
      return
    }
    if (entry.op === 'create') this.#keys.set(record.id, entry.key)
    const epoch = at === null ? null : (parseCursor(at)?.epoch ?? null)
    // Of another incarnation than what is held: it comes, or not, with what is read anew.
    if (epoch === (this.#epoch ?? epoch) && epoch !== this.#formerEpoch) this.#window.put([record])
    this.#window.rewrap(record.id)
    this.stateChanged()
  }

  /** Deleted without word of the revision: the row goes now, and anything that the log says later counts more. */
  #deleted(id: string | undefined): void {
    const record = this.#window.rows.find((row) => row.record.id === id)?.record
    if (record !== undefined)
      this.#window.put([{ id: record.id, pos: record.pos, rev: record.rev + 0.5, deleted: true }])
    this.stateChanged()
  }

  #show(range: WholeRange): void {
    this.#window.page(range)
    this.#loaded = true
    this.#shown = true
    this.#shownEpoch = this.#epoch
    this.#error = null
  }

  /** The first page by REST, where the subscription brought none. */
  #begin(failures: number): void {
    const generation = this.#generation
    const place = this.#around === undefined ? {} : { around: this.#around }
    this.#read({ limit: this.#limit, ...place }).then(
      (range) => {
        if (generation !== this.#generation) return
        this.#epoch ??= range.epoch
        this.#show(range)
        this.stateChanged()
      },
      (error: DovetailError) => {
        if (generation !== this.#generation) return
        if (canRetry(error)) {
          const delayMs = backOffMs(failures, this.#engine.network.random, (error.retryAfter ?? 0) * 1000)
          this.#stopRetry = this.#engine.network.clock.after(delayMs, () => this.#begin(failures + 1))
        } else this.#error = error
        this.stateChanged()
      },
    )
  }

  #load(side: Side, query: RangeQuery): Promise<void> {
    const running = this.#loads[side]
    if (running !== null) return running
    const { hasOlder, hasNewer } = this.getSnapshot()
    if (!this.#loaded || !(side === 'older' ? hasOlder : hasNewer)) return Promise.resolve()
    const promise = this.#loadPage(side, query, this.#generation)
    this.#loads[side] = promise
    this.stateChanged()
    return promise
  }

  async #loadPage(side: Side, query: RangeQuery, generation: number): Promise<void> {
    this.#window.loading()
    try {
      const range = await this.#read(query)
      if (generation === this.#generation) this.#window.page(range)
    } catch (error) {
      if (generation !== this.#generation) return
      this.#window.abandoned()
      throw error
    } finally {
      if (generation === this.#generation) {
        this.#loads[side] = null
        this.stateChanged()
      }
    }
  }

  #read(query: RangeQuery): ReturnType<typeof readRange> {
    return readRange(this.#engine, this.#subscription, this.#collection, query)
  }

  #render(): LiveSnapshot {
    const { connection, outbox } = this.#engine
    const { state: subscription, cursorText } = this.#subscription
    const failed = subscription.name === 'failed' ? subscription.error : this.#error
    return {
      records: overlay<AnyData>({
        rows: this.#window.rows,
        writes: this.#writes(),
        user: outbox.user,
        epoch: this.#shownEpoch,
        claimed: (id) => this.#keys.has(id),
      }),
      state: liveState(subscription, connection.state.name, {
        failed: failed !== null,
        shown: this.#shown,
        loaded: this.#loaded,
      }),
      reason: subscription.name === 'ended' ? subscription.reason : null,
      error: failed,
      hasOlder: this.#loaded && this.#window.low > 0,
      loadingOlder: this.#loads.older !== null,
      hasNewer: this.#loaded && this.#window.high !== Number.POSITIVE_INFINITY,
      loadingNewer: this.#loads.newer !== null,
      cursor: this.#loaded ? cursorText : null,
    }
  }
}
