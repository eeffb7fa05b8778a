/**
 * Keeps the subscriptions of a Redis connection equal to the names wanted: one command at a time, each
 * for all changes since the last one, so that a subscribe and an unsubscribe never cross.
 */
import type { RedisClient } from '../../redis/redis-line.ts'

/** The limit of names in one command. */
const batchSize = 500

export interface Wanted {
  names(): readonly string[]
  has(name: string): boolean
}

export class RedisSubscriptions {
  readonly #client: RedisClient
  readonly #wanted: Wanted
  readonly #onNotification: (message: string, name: string) => void
  readonly #failed: (error: Error) => void
  readonly #subscribed = new Set<string>()
  readonly #changed = new Set<string>()
  readonly #waiting = new Map<string, (() => void)[]>()
  #isSyncing = false

  constructor(
    client: RedisClient,
    wanted: Wanted,
    onMessage: (message: string, name: string) => void,
    failed: (error: Error) => void,
  ) {
    this.#client = client
    this.#wanted = wanted
    this.#onNotification = onMessage
    this.#failed = failed
  }

  /** Resolves when every name that is wanted now is subscribed to. */
  async begin(): Promise<void> {
    for (const name of this.#wanted.names()) this.#changed.add(name)
    await this.#sync()
  }

  /** Call when the name has become wanted, or no longer is. */
  change(name: string): void {
    this.#changed.add(name)
    if (!this.#isSyncing) this.#sync().catch((error: Error) => this.#failed(error))
  }

  /** Calls back once the name is subscribed to. */
  whenSubscribed(name: string, then: () => void): void {
    if (this.#subscribed.has(name) && !this.#changed.has(name)) then()
    else this.#waiting.set(name, [...(this.#waiting.get(name) ?? []), then])
  }

  async #sync(): Promise<void> {
    this.#isSyncing = true
    try {
      while (this.#changed.size > 0) await this.#syncOnce()
    } finally {
      this.#isSyncing = false
    }
  }

  async #syncOnce(): Promise<void> {
    const changed = [...this.#changed].slice(0, batchSize)
    for (const name of changed) this.#changed.delete(name)
    const added = changed.filter((name) => this.#wanted.has(name) && !this.#subscribed.has(name))
    const removed = changed.filter((name) => !this.#wanted.has(name) && this.#subscribed.has(name))
    if (added.length > 0) await this.#client.subscribe(added, this.#onNotification)
    for (const name of added) this.#subscribed.add(name)
    for (const name of changed) this.#settle(name)
    for (const name of removed) this.#subscribed.delete(name)
    if (removed.length > 0) await this.#client.unsubscribe(removed, this.#onNotification)
  }

  /** Calls those who wait for the name; where the name is no longer wanted, nobody waits. */
  #settle(name: string): void {
    const waiting = this.#waiting.get(name) ?? []
    this.#waiting.delete(name)
    if (this.#subscribed.has(name)) for (const then of waiting) then()
  }
}
