/**
 * Tells who follows channels by a pattern which channels may have changed, made or deleted ones too. It is told of each
 * commit of this node at once, and of those of other nodes by their notifications or by the look at the store once a
 * second. A channel may be named although nothing of it changed.
 */
import type { Stop } from '../../../ports/clock.ts'

export interface TouchListener {
  touched(channel: string): void
  /** Any channel may have changed: which ones is not known. */
  anyTouched(): void
}

export class Touches {
  readonly #listeners = new Set<TouchListener>()

  /** Returns the function that stops it. */
  listen(listener: TouchListener): Stop {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  touched(channel: string): void {
    for (const listener of this.#listeners) listener.touched(channel)
  }

  anyTouched(): void {
    for (const listener of this.#listeners) listener.anyTouched()
  }
}
