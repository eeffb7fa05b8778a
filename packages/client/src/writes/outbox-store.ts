/**
 * Stores unacknowledged writes over a reload: one storage item for each, so that the cost of a write does not grow
 * with the number of waiting ones. Each tab has its own prefix and holds a lock on it while it is open. A prefix whose
 * lock is free belongs to a closed tab, and the next tab takes over its entries. Without Web Locks (a page without
 * TLS) every tab counts as closed: then two tabs may send the same write, but its key keeps it one write.
 */
import type { Stop } from '../base/clock.ts'
import { newKey } from '../base/key.ts'
import { nothing } from '../base/nothing.ts'
import type { OutboxStorage } from './outbox-storage.ts'

/** The part of the Web Locks interface that the outbox needs. The types of the DOM library are not everywhere. */
interface Locks {
  request(name: string, whileHeld: () => Promise<void>): Promise<unknown>
  request(name: string, options: { ifAvailable: true }, ifHeld: (lock: object | null) => unknown): Promise<unknown>
}

export class OutboxStore<Entry extends { readonly key: string }> {
  readonly #storage: OutboxStorage | null
  readonly #locks: Locks | undefined
  readonly #prefix: string
  readonly #tab: string
  /** Keys of the entries that could be stored. */
  readonly #stored = new Set<string>()
  #release: Stop | null = null

  constructor(url: string, storage: OutboxStorage | null, locks: Locks | undefined = globalThis.navigator?.locks) {
    this.#storage = storage
    this.#locks = locks
    this.#prefix = `dovetail.outbox ${url} `
    this.#tab = newKey()
  }

  get isThere(): boolean {
    return this.#storage !== null
  }

  /** Holds this tab's lock until `release`. */
  hold(): void {
    if (this.#release !== null || this.#storage === null || this.#locks === undefined) return
    let release: Stop = nothing
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    this.#release = release
    this.#locks.request(this.#prefix + this.#tab, () => held).catch(nothing)
  }

  release(): void {
    this.#release?.()
    this.#release = null
  }

  put(entry: Entry): void {
    try {
      this.#storage?.setItem(this.#item(this.#tab, entry.key), JSON.stringify(entry))
      if (this.#storage !== null) this.#stored.add(entry.key)
    } catch {
      // Full, or forbidden: the write is still sent, but would not survive a reload.
    }
  }

  remove(key: string): void {
    if (this.#stored.delete(key)) this.#storage?.removeItem(this.#item(this.#tab, key))
  }

  /** Keys of entries that another tab took over while this one was suspended: they are no longer in the storage. */
  taken(): string[] {
    return [...this.#stored].filter((key) => this.#storage?.getItem(this.#item(this.#tab, key)) === null)
  }

  /** Takes over the entries of closed tabs. `take` stores them for this tab; only then they are removed under the old prefix. */
  async adopt(take: (entries: readonly Entry[]) => void): Promise<void> {
    for (const [tab, keys] of this.#others()) {
      const claim = () => {
        const entries = keys.flatMap((key) => this.#load(tab, key))
        if (entries.length > 0) take(entries)
        for (const key of keys) this.#storage?.removeItem(this.#item(tab, key))
      }
      if (this.#locks === undefined) claim()
      else await this.#locks.request(this.#prefix + tab, { ifAvailable: true }, (lock) => lock !== null && claim())
    }
  }

  #item(tab: string, key: string): string {
    return `${this.#prefix}${tab} ${key}`
  }

  #load(tab: string, key: string): Entry[] {
    try {
      const entry = JSON.parse(this.#storage?.getItem(this.#item(tab, key)) ?? 'null') as Entry | null
      return entry === null ? [] : [entry]
    } catch {
      return []
    }
  }

  /** The entries' keys of the other tabs, by tab. */
  #others(): Map<string, string[]> {
    const others = new Map<string, string[]>()
    for (let index = 0; index < (this.#storage?.length ?? 0); index += 1) {
      const item = this.#storage?.key(index) ?? ''
      const [tab, key] = item.startsWith(this.#prefix) ? item.slice(this.#prefix.length).split(' ') : []
      if (tab === undefined || key === undefined || tab === this.#tab) continue
      const keys = others.get(tab)
      if (keys === undefined) others.set(tab, [key])
      else keys.push(key)
    }
    return others
  }
}
