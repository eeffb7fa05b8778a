import type { Stop } from './clock.ts'

/** Listeners that may be added and removed while they are told; one that throws doesn't keep the others from hearing. */
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

  tell(event: Event): void {
    for (const listener of [...this.#listeners]) {
      try {
        listener.call(event)
      } catch (error) {
        // The application's fault, shown as such, without stopping the stream.
        queueMicrotask(() => {
          throw error
        })
      }
    }
  }

  clear(): void {
    this.#listeners.clear()
  }
}
