/**
 * A live view: joins pages read by REST and changes from the subscription, and overlays the user's own writes. Its
 * states, which live-state.ts derives:
 *
 *   loading ── first page ──▶ live ◀── caught up ── catching_up ◀── link is back ── offline
 *      │                       │ └──── reset, gap ──────▲                              ▲
 *      │                       └────── link lost ──────────────────────────────────────┘
 *      ├── can't be read ──▶ failed        (a new token asks again)
 *      └── no longer allowed, or deleted ──▶ ended         (both from any state)
 */
import type { AnyData, Change, LiveRecord, MergePatch, SnapshotPage } from 'dovetail-protocol'
import { type Cursor, parseCursor } from 'dovetail-protocol/cursor'
import type { Stop } from '../base/clock.ts'
import { DovetailError } from '../base/errors.ts'
import { Listeners } from '../base/listeners.ts'
import { nothing } from '../base/nothing.ts'
import type { Subscriber } from '../connection/subscriber.ts'
import type { Subscription } from '../connection/subscription.ts'
import type { OutboxEntry } from '../writes/outbox-entry.ts'
import type { Written } from '../writes/write.ts'
import { AcknowledgedRows } from './acknowledged-rows.ts'
import { EchoFinder } from './echoes.ts'
import type { Engine } from './engine.ts'
import { liveState } from './live-state.ts'
import type { LiveEntry, LiveOptions, LiveSnapshot, LiveView } from './live-view.ts'
import { LogEpochs } from './log-epochs.ts'
import { overlay } from './overlay.ts'
import { OwnWrites } from './own-writes.ts'
import { PageReader } from './page-reader.ts'
import { readRange } from './read-range.ts'
import type { WholeRange } from './record-window.ts'
import { SnapshotFields } from './snapshot-fields.ts'

const defaultLimit = 50
const defaultMaxRows = 500

export class LiveList extends SnapshotFields implements LiveView<AnyData>, Subscriber {
  readonly page: { collection: string; limit: number } | null
  readonly #engine: Engine
  readonly #subscription: Subscription
  readonly #collection: string
  readonly #limit: number
  readonly #around: number | undefined
  readonly #pages: PageReader
  readonly #own: OwnWrites
  readonly #window: AcknowledgedRows
  readonly #echoes: EchoFinder
  readonly #listeners = new Listeners()
  readonly #stops: Stop[]
  #loaded = false
  /** Rows were shown before: they stay while the records are read again. */
  #shown = false
  readonly #epochs = new LogEpochs()
  #error: DovetailError | null = null
  #snapshot: LiveSnapshot | null = null
  #notifying = false
  #closed = false

  constructor(engine: Engine, channel: string, collection: string, options: LiveOptions) {
    super()
    const { limit = defaultLimit, maxRows = defaultMaxRows, around } = options
    this.#engine = engine
    this.#collection = collection
    this.#limit = limit
    this.#around = around
    this.page = around === undefined ? { collection, limit } : null
    this.#subscription = engine.subscriptions.of(channel)
    const changed = () => this.stateChanged()
    this.#own = new OwnWrites({
      engine,
      channel,
      collection,
      cursor: () => this.#subscription.cursorText,
      shown: (rowKey) => this.getSnapshot().records.find(({ key }) => key === rowKey)?.data,
    })
    this.#window = new AcknowledgedRows(this.#own, Math.max(maxRows, limit))
    this.#echoes = new EchoFinder(engine.network.clock, changed)
    this.#pages = new PageReader({
      network: engine.network,
      read: (query) => readRange(engine, this.#subscription, collection, query),
      first: (range) => this.#showFirst(range, range.epoch),
      further: (range) => this.#window.furtherPage(range),
      failed: (error) => {
        this.#error = error
      },
      asked: () => this.#window.loading(),
      abandoned: () => this.#window.abandoned(),
      changed,
    })
    this.#stops = [
      engine.outbox.changed.add(changed),
      engine.outbox.acknowledged.add(({ entry, written }) => this.#acknowledged(entry, written)),
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

  async loadOlder(count = this.#limit): Promise<void> {
    if (this.getSnapshot().hasOlder) await this.#pages.load('older', { before: this.#window.low, limit: count })
  }

  async loadNewer(count = this.#limit): Promise<void> {
    if (this.getSnapshot().hasNewer) await this.#pages.load('newer', { after: this.#window.high, limit: count })
  }

  create(data: AnyData, options: { readonly key?: string } = {}): string {
    return this.#opened().create(data, options.key)
  }

  update(id: string, patch: MergePatch<AnyData>): string {
    return this.#opened().update(id, patch)
  }

  delete(id: string): string {
    return this.#opened().delete(id)
  }

  retry(key: string): void {
    this.#own.retry(key)
  }

  discard(key: string): void {
    this.#own.discard(key)
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#pages.reset()
    this.#echoes.close()
    for (const stop of this.#stops) stop()
    this.#listeners.clear()
    // Writes that waited for this view's cursor can be sent now.
    queueMicrotask(() => this.#engine.outbox.drain())
  }

  joined(snapshot: SnapshotPage | null, cursor: Cursor, anew: boolean): void {
    if (this.#loaded && !anew) return
    this.#pages.reset()
    this.#window.restart()
    const sent = this.#own.list().filter(({ progress }) => progress.name === 'sent')
    this.#epochs.begin(
      cursor.epoch,
      sent.map(({ key }) => key),
    )
    this.#loaded = false
    const records = (snapshot?.records ?? []) as LiveRecord[]
    // A snapshot without a record had no room for one where there are earlier ones.
    if (snapshot !== null && this.page !== null && (records.length > 0 || snapshot.before === null)) {
      const range = { records, from: snapshot.before ?? 0, to: Number.POSITIVE_INFINITY, at: cursor.rev }
      this.#showFirst(range, cursor.epoch)
      this.#readRestOf(records.length)
    } else this.#pages.begin({ limit: this.#limit, ...(this.#around === undefined ? {} : { around: this.#around }) })
    // Writes of before this wait for the cursor.
    if (anew) this.#engine.outbox.begunAnew(this.#subscription.channel, this.#subscription.cursorText ?? '0')
    else this.#engine.outbox.drain()
    this.stateChanged()
  }

  changes(changes: readonly Change[]): void {
    const epochs = this.#epochs
    epochs.current = this.#subscription.cursor?.epoch ?? epochs.current
    if (this.#loaded) epochs.shown = epochs.current
    this.#window.put(changes.filter(({ collection }) => collection === this.#collection).map(({ record }) => record))
    // Also where no row changed: the cursor did.
    this.stateChanged()
  }

  /** Called when a part of the snapshot changed. Listeners are called once per turn. */
  stateChanged(): void {
    this.#snapshot = null
    if (this.#notifying || this.#closed) return
    this.#notifying = true
    queueMicrotask(() => {
      this.#notifying = false
      const { name } = this.#subscription.state
      // No cursor will arrive, so writes must not wait for one.
      if (name === 'failed' || name === 'ended') this.#engine.outbox.drain()
      this.#listeners.notify()
    })
  }

  /** A snapshot has as many records as fit one message (docs/protocol.md, LIM31): reads those that are missing. */
  #readRestOf(count: number): void {
    const asked = this.#engine.network.limits.pageRecords(this.#limit)
    // Where they can not be read, `hasOlder` stays true.
    if (count < asked) this.loadOlder(asked - count).catch(nothing)
  }

  #opened(): OwnWrites {
    if (this.#closed) throw new DovetailError('closed', 'closed here')
    return this.#own
  }

  #acknowledged(entry: OutboxEntry, { record, at }: Written): void {
    if (!this.#own.includes(entry)) return
    const epoch = at === null ? null : (parseCursor(at)?.epoch ?? null)
    // If so, reading again will show whether the record still exists.
    const other = this.#epochs.isOther(entry.key, epoch)
    if (record === null) {
      if (other) return
      this.#window.settled(entry)
      this.stateChanged()
      return
    }
    if (entry.op === 'create') this.#own.claim(record.id, entry.key)
    if (!other) this.#window.put([record])
    this.#window.rewrap(record.id)
    this.stateChanged()
  }

  #showFirst(range: WholeRange, epoch: string | null): void {
    this.#epochs.current ??= epoch
    this.#window.page(range)
    this.#loaded = true
    this.#shown = true
    this.#epochs.shown = this.#epochs.current
    this.#error = null
  }

  #render(): LiveSnapshot {
    const { connection } = this.#engine
    const { state: subscription, cursorText } = this.#subscription
    const failed = subscription.name === 'failed' ? subscription.error : this.#error
    return {
      records: this.#records(),
      state: liveState(subscription, connection.state.name, {
        failed: failed !== null,
        shown: this.#shown,
        loaded: this.#loaded,
      }),
      reason: subscription.name === 'ended' ? subscription.reason : null,
      error: failed,
      hasOlder: this.#loaded && this.#window.low > 0,
      loadingOlder: this.#pages.isLoading('older'),
      hasNewer: this.#loaded && this.#window.high !== Number.POSITIVE_INFINITY,
      loadingNewer: this.#pages.isLoading('newer'),
      cursor: this.#loaded ? cursorText : null,
    }
  }

  #records(): readonly LiveEntry<AnyData>[] {
    const { rows } = this.#window
    const writes = this.#own.list()
    const { user } = this.#engine.outbox
    const isClaimed = (id: string) => this.#own.isClaimed(id)
    const echoes = this.#echoes.find({ rows, writes, user, epoch: this.#epochs.shown, isClaimed })
    return overlay({ rows, writes, echoes, rowKeyOf: (id) => this.#own.rowKeyOf(id) })
  }
}
