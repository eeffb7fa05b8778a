/** The promises that wait for the outcome of a collection's own writes, by key. */
import type { DovetailError } from '../base/errors.ts'
import type { Written } from './write.ts'

interface Waiter {
  resolve(written: Written): void
  reject(error: DovetailError): void
}

export class Waiters {
  readonly #waiters = new Map<string, Waiter[]>()

  get keys(): string[] {
    return [...this.#waiters.keys()]
  }

  has(key: string): boolean {
    return this.#waiters.has(key)
  }

  wait(key: string): Promise<Written> {
    return new Promise((resolve, reject) => {
      this.#waiters.set(key, [...(this.#waiters.get(key) ?? []), { resolve, reject }])
    })
  }

  resolve(key: string, written: Written): void {
    for (const waiter of this.#take(key)) waiter.resolve(written)
  }

  reject(key: string, error: DovetailError): void {
    for (const waiter of this.#take(key)) waiter.reject(error)
  }

  #take(key: string): readonly Waiter[] {
    const waiters = this.#waiters.get(key) ?? []
    this.#waiters.delete(key)
    return waiters
  }
}
