import type { SqlValue } from '../driver/driver.ts'

/** Reads values from a flat array in the order in which they were added. */
export class ValueReader {
  readonly #values: readonly SqlValue[]
  #next = 0

  constructor(values: readonly SqlValue[]) {
    this.#values = values
  }

  text(): string {
    return this.#take() as string
  }

  textOrNull(): string | null {
    return this.#take() as string | null
  }

  number(): number {
    return this.#take() as number
  }

  numberOrNull(): number | null {
    return this.#take() as number | null
  }

  #take(): SqlValue {
    if (this.#next >= this.#values.length) throw new Error('a message between threads ended early')
    return this.#values[this.#next++] ?? null
  }
}
