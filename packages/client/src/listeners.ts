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
      told(() => listener.call(event))
    }
  }

  clear(): void {
    this.#listeners.clear()
  }
}

/** Runs code of the application. An error there is shown as its own, without stopping the stream. */
export function told(call: () => void): void {
  try {
    call()
  } catch (error) {
    queueMicrotask(() => {
      throw error
    })
  }
}
