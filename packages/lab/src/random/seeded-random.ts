/** Chance from a seed (mulberry32): the same seed, the same choices. */
export class SeededRandom {
  #state: number

  constructor(seed: number) {
    this.#state = seed >>> 0
  }

  /** 0 ≤ n < 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0
    let mixed = this.#state
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }

  /** A whole number, `from` ≤ n < `to`. */
  between(from: number, to: number): number {
    return from + Math.floor(this.next() * (to - from))
  }

  pick<Item>(items: readonly Item[]): Item | undefined {
    return items[this.between(0, items.length)]
  }

  /** Dice of its own for one of many who roll at the same time, so that who rolls first does not matter. */
  fork(): SeededRandom {
    return new SeededRandom(this.between(0, 4_294_967_296))
  }
}
