/**
 * Keeps writes until the server acknowledges or refuses them. Live views and a collection's own `create`, `update`
 * and so on add their writes here. outbox-entry.ts draws the states of an entry; outbox-queue.ts keeps entries,
 * outbox-store.ts stores them, outbox-sender.ts sends them, outcomes.ts says what an acknowledgement or a refusal does.
 */

import { parseCursor } from 'dovetail-protocol/cursor'
import { DovetailError } from '../base/errors.ts'
import { newKey } from '../base/key.ts'
import { Listeners } from '../base/listeners.ts'
import { mergePatch } from '../base/merge-patch.ts'
import type { Network } from '../base/network.ts'
import { nothing } from '../base/nothing.ts'
import type { Connection } from '../connection/connection.ts'
import { LazySender } from './lazy-sender.ts'
import type { OutboxEntry, OutboxWrite } from './outbox-entry.ts'
import { OutboxQueue } from './outbox-queue.ts'
import type { OutboxStore } from './outbox-store.ts'
import type { AcknowledgedListeners } from './outcomes.ts'
import { asSent, isSameJson } from './same-json.ts'
import { Waiters } from './waiters.ts'
import type { Write, Written } from './write.ts'

export interface OutboxOptions {
  readonly network: Network
  readonly connection: Connection
  readonly store: OutboxStore<OutboxEntry>
  /** The most writes that wait at once. */
  readonly limit: number
  /** The cursor that is held of a channel; null: one is about to be; undefined: nobody follows it. */
  readonly origin: (channel: string) => string | null | undefined
}

export class Outbox {
  readonly acknowledged: AcknowledgedListeners = new Listeners()
  readonly #options: OutboxOptions
  readonly #queue: OutboxQueue
  readonly #waiters = new Waiters()
  readonly #sender: LazySender

  constructor(options: OutboxOptions) {
    this.#options = options
    this.#queue = new OutboxQueue(options.store)
    this.#sender = new LazySender(
      {
        ...options,
        queue: this.#queue,
        isOwn: (entry) => this.#isOwn(entry),
        waiters: this.#waiters,
        acknowledged: this.acknowledged,
        drop: (keys, error) => this.#drop(keys, error),
      },
      () => this.drain(),
    )
    options.store.hold()
    this.#adopt()
  }

  /** Notified after each change of the entries. */
  get changed(): Listeners {
    return this.#queue.changed
  }

  /** Whether entries survive a reload. */
  get isStored(): boolean {
    return this.#options.store.isThere
  }

  get user(): string | null {
    return this.#options.connection.user ?? this.#options.network.signIn.subject
  }

  /** The caller's own entries of one collection, in the order they were written. */
  of(channel: string, collection: string): OutboxEntry[] {
    const { user } = this
    const found: OutboxEntry[] = []
    for (const entry of this.#queue.ofChannel(channel)) {
      if (entry.collection === collection && (entry.user === null || entry.user === user)) found.push(entry)
    }
    return found
  }

  /** Adds a write. Throws `outbox_full` when too many writes wait. */
  add(write: OutboxWrite): OutboxEntry {
    const { limit, network } = this.#options
    if (this.#queue.size >= limit) throw new DovetailError('outbox_full', `${limit}`)
    const now = network.clock.now()
    const entry: OutboxEntry = {
      ...write,
      key: write.key ?? newKey(),
      user: this.user,
      order: this.#queue.nextOrder(now),
      writtenAt: now,
      sentAt: null,
      progress: { name: 'waiting' },
    }
    this.#queue.put(entry)
    this.#sender.run(entry.channel)
    return entry
  }

  /** Adds an edit. `id` is a record id, or the key of a waiting create; an edit of an unsent create becomes part of that create. */
  addEdit(id: string, edit: OutboxWrite & { readonly op: 'patch' | 'delete' }): void {
    const create = this.#queue.get(id)
    if (create?.op !== 'create' || create.channel !== edit.channel || create.collection !== edit.collection) {
      this.add({ ...edit, recordId: id })
    } else if (create.progress.name === 'sent') this.add({ ...edit, target: id })
    else if (edit.op === 'delete') this.discard([id])
    else this.#queue.update(id, { data: mergePatch(create.data, edit.data) })
  }

  /**
   * Resolves when the write is acknowledged, rejects when it is refused or discarded; a refused write is not kept.
   * A call with the key of a waiting write, as after a reload, gets the outcome of that write.
   */
  async deliver(write: Write): Promise<Written> {
    const { connection } = this.#options
    const data = asSent(write.data) // What has no JSON is refused here.
    const known = this.#queue.get(write.key)
    if (known !== undefined && !isSameJson(asSent(known.data), data)) throw new DovetailError('key_reused', write.key)
    if (connection.state.name === 'auth_failed') throw connection.state.error
    if (connection.state.name === 'closed' && connection.state.error === null) throw closed()
    if (known === undefined) this.add({ ...write, since: null })
    else if (known.progress.name === 'failed') this.retry([write.key])
    return this.#waiters.wait(write.key)
  }

  /** Sends failed entries again, as if they had never been sent. */
  retry(keys: readonly string[]): void {
    for (const key of keys) {
      if (this.#queue.get(key)?.progress.name === 'failed')
        this.#queue.update(key, { progress: { name: 'waiting' }, sentAt: null })
    }
    this.drain()
  }

  /** Discards entries, and the edits of discarded creates. */
  discard(keys: readonly string[]): void {
    this.#drop(keys, new DovetailError('aborted', 'discarded'))
  }

  /** Sends the waiting entries, if the connection's state allows it. */
  drain(): void {
    for (const channel of this.#queue.channels) this.#sender.run(channel)
  }

  /** A channel was reset to this cursor. Cursors held before may be above the end of the log now, so they are void. */
  begunAnew(channel: string, cursor: string): void {
    const end = parseCursor(cursor)
    for (const entry of [...this.#queue.ofChannel(channel)]) {
      const since = entry.since === null ? null : parseCursor(entry.since)
      // `0` is below everything, in any epoch.
      if (since === null || since.epoch === null || end === null) continue
      if (since.epoch === end.epoch && since.rev <= end.rev) continue
      this.#queue.update(entry.key, { since: entry.sentAt === null ? cursor : null })
    }
    this.drain()
  }

  /** The connection has another state. */
  connectionChanged(): void {
    const { state } = this.#options.connection
    if (state.name === 'auth_failed') this.#drop(this.#waiters.keys, state.error)
    if (state.name === 'open') this.#opened()
    else this.drain()
  }

  /** The page is suspended: another tab may take over the entries that this one stored. */
  suspend(): void {
    this.#options.store.release()
  }

  resume(): void {
    const { store, network } = this.#options
    store.hold()
    const taken = store.taken()
    // A call that still waits for the outcome sends the write itself: the key keeps it one write, also if the other tab sent it.
    const awaited = taken.filter((key) => this.#waiters.has(key))
    for (const key of awaited) this.#queue.update(key, { progress: { name: 'sent' }, sentAt: network.clock.now() })
    this.#queue.remove(taken.filter((key) => !this.#waiters.has(key)))
  }

  /** Deletes all unsent writes for good. */
  forget(): void {
    this.#drop(
      [...this.#queue.all()].map(({ key }) => key),
      closed(),
    )
  }

  /** Stops sending. Waiting entries stay in the storage. */
  close(): void {
    for (const key of this.#waiters.keys) this.#waiters.reject(key, closed())
    this.#sender.stop()
    this.#options.store.release()
    this.changed.clear()
    this.acknowledged.clear()
  }

  /** The server said who the caller is: entries without a user become the caller's, and entries of closed tabs are taken over. */
  #opened(): void {
    for (const entry of [...this.#queue.all()]) if (entry.user === null) this.#queue.put({ ...entry, user: this.user })
    this.#sender.hurry()
    this.#adopt()
    this.drain()
  }

  #adopt(): void {
    this.#options.store
      .adopt((entries) => {
        this.#queue.adopt(entries)
        // Edits of a lost create: their record is unknown.
        const isLost = ({ target }: OutboxEntry) => target !== undefined && this.#queue.get(target) === undefined
        this.#queue.remove(entries.filter(isLost).map(({ key }) => key))
        this.drain()
      })
      .catch(nothing)
  }

  /** Removes entries, and the edits of removed creates; calls that wait for them are rejected with the error. */
  #drop(keys: readonly string[], error: DovetailError): void {
    const edits = keys.flatMap((key) => this.#queue.get(key) ?? []).flatMap((entry) => this.#queue.editsOf(entry))
    const all = [...keys, ...edits.map(({ key }) => key)]
    this.#queue.remove(all)
    for (const key of all) this.#waiters.reject(key, error)
  }

  #isOwn(entry: OutboxEntry): boolean {
    return entry.user === null || entry.user === this.user
  }
}

function closed(): DovetailError {
  return new DovetailError('closed', 'closed here')
}
