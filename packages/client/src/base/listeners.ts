import type { Stop } from './clock.ts'

/** A set of listeners. Listeners may be added and removed during a notification; one that throws does not stop the others. */
export class Listeners<Event = void> {
  readonly #listeners = new Set<{ call(event: Event): void }>()

  get size(): number {
    return this.#listeners.size
  }

  add(call: (event: Event) => void): Stop {
    const entry = { call }
    this.#listeners.add(entry)
    return () => void this.#listeners.delete(entry)
  }

  notify(event: Event): void {
    for (const listener of [...this.#listeners]) {
      runSafely(() => listener.call(event))
    }
  }

  clear(): void {
    this.#listeners.clear()
  }
}

/** Runs a callback of the application. An error that it throws is reported as uncaught, and does not reach the caller. */
export function runSafely(call: () => void): void {
  try {
    call()
  } catch (error) {
    queueMicrotask(() => {
      throw error
    })
  }
}
