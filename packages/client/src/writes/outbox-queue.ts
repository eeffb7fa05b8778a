/** The outbox's entries, by channel and in the order they were written. It stores each change and notifies listeners. */
import { Listeners } from '../base/listeners.ts'
import type { OutboxEntry } from './outbox-entry.ts'
import type { OutboxStore } from './outbox-store.ts'

export class OutboxQueue {
  /** After each change. */
  readonly changed = new Listeners()
  readonly #store: OutboxStore<OutboxEntry>
  readonly #entries = new Map<string, OutboxEntry>()
  /** The same entries by channel, the oldest first. */
  readonly #channels = new Map<string, Map<string, OutboxEntry>>()
  #lastOrder = 0

  constructor(store: OutboxStore<OutboxEntry>) {
    this.#store = store
  }

  get size(): number {
    return this.#entries.size
  }

  get channels(): string[] {
    return [...this.#channels.keys()]
  }

  get(key: string): OutboxEntry | undefined {
    return this.#entries.get(key)
  }

  all(): IterableIterator<OutboxEntry> {
    return this.#entries.values()
  }

  ofChannel(channel: string): Iterable<OutboxEntry> {
    return this.#channels.get(channel)?.values() ?? []
  }

  /** The next order number, higher than all others, also those of closed tabs: it starts from the current time. */
  nextOrder(now: number): number {
    this.#lastOrder = Math.max(this.#lastOrder + 1, now)
    return this.#lastOrder
  }

  /** Adds the entry at the end, or replaces the entry with the same key. */
  put(entry: OutboxEntry): void {
    this.#insert(entry)
    this.changed.notify()
  }

  /** Adds entries of other tabs, sorted by their order numbers. */
  adopt(entries: readonly OutboxEntry[]): void {
    const added = entries.filter(({ key }) => !this.#entries.has(key))
    for (const entry of added) this.#insert(entry)
    for (const channel of new Set(added.map((entry) => entry.channel))) {
      const sorted = [...this.ofChannel(channel)].sort((a, b) => a.order - b.order)
      this.#channels.set(channel, new Map(sorted.map((entry) => [entry.key, entry])))
    }
    this.changed.notify()
  }

  /** Changes an entry, if it still exists. */
  update(key: string, patch: Partial<OutboxEntry>): void {
    const entry = this.#entries.get(key)
    if (entry !== undefined) this.put({ ...entry, ...patch })
  }

  remove(keys: readonly string[]): void {
    for (const key of keys) {
      const entry = this.#entries.get(key)
      if (entry === undefined) continue
      this.#entries.delete(key)
      const others = this.#channels.get(entry.channel)
      others?.delete(key)
      if (others?.size === 0) this.#channels.delete(entry.channel)
      this.#store.remove(key)
    }
    this.changed.notify()
  }

  /** The waiting edits of a create. */
  editsOf(create: OutboxEntry): OutboxEntry[] {
    return [...this.ofChannel(create.channel)].filter(({ target }) => target === create.key)
  }

  #insert(entry: OutboxEntry): void {
    this.#entries.set(entry.key, entry)
    const channel = this.#channels.get(entry.channel) ?? new Map<string, OutboxEntry>()
    this.#channels.set(entry.channel, channel)
    channel.set(entry.key, entry)
    this.#store.put(entry)
  }
}
