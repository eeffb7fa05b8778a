import type { Stop } from './clock.ts'
import { newKey } from './key.ts'
import { nothing } from './nothing.ts'

/** The part of the Web Storage interface that the outbox needs. */
export interface OutboxStorage {
  readonly length: number
  key(index: number): string | null
  getItem(key: string): string | null
  setItem(key: string, value: string): void
  removeItem(key: string): void
}

type Locks = Pick<LockManager, 'request'>

/**
 * Where unacknowledged writes wait over a reload. Each tab has a place of its own and holds a lock on it
 * while it lives; a place whose lock is free is an orphan, and the next tab takes over what is in it.
 * Without Web Locks every place counts as one: then two tabs may send the same write, which its key makes
 * one write all the same.
 */
export class OutboxStore<Entry> {
  readonly #storage: OutboxStorage | null
  readonly #locks: Locks | undefined
  readonly #prefix: string
  readonly #place: string
  #release: Stop | null = null

  constructor(url: string, storage: OutboxStorage | null, locks: Locks | undefined = globalThis.navigator?.locks) {
    this.#storage = storage
    this.#locks = locks
    this.#prefix = `dovetail.outbox ${url} `
    this.#place = this.#prefix + newKey()
  }

  /** Says that this tab lives, until `rest`. */
  hold(): void {
    if (this.#release !== null || this.#storage === null || this.#locks === undefined) return
    let release: Stop = nothing
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    this.#release = release
    this.#locks.request(this.#place, () => held).catch(nothing)
  }

  rest(): void {
    this.#release?.()
    this.#release = null
  }

  /** What is kept: for this tab, or in another place. */
  load(place = this.#place): Entry[] {
    try {
      return JSON.parse(this.#storage?.getItem(place) ?? '[]') as Entry[]
    } catch {
      return []
    }
  }

  save(entries: readonly Entry[]): void {
    try {
      if (entries.length === 0) this.#storage?.removeItem(this.#place)
      else this.#storage?.setItem(this.#place, JSON.stringify(entries))
    } catch {
      // Full, or forbidden: the writes are still sent, but would not survive a reload.
    }
  }

  /** Hands over what tabs that are gone left behind. */
  async adopt(take: (entries: readonly Entry[]) => void): Promise<void> {
    for (const place of this.#others()) {
      const claim = () => {
        const entries = this.load(place)
        this.#storage?.removeItem(place)
        if (entries.length > 0) take(entries)
      }
      if (this.#locks === undefined) claim()
      else await this.#locks.request(place, { ifAvailable: true }, (lock) => lock !== null && claim())
    }
  }

  #others(): string[] {
    return Array.from({ length: this.#storage?.length ?? 0 }, (_, index) => this.#storage?.key(index) ?? '').filter(
      (place) => place.startsWith(this.#prefix) && place !== this.#place,
    )
  }
}
