/** Counted in plain numbers on the hot path, read when somebody asks. */
export class Metrics {
  readonly #closed = new Map<number, number>()

  closed(code: number): void {
    this.#closed.set(code, (this.#closed.get(code) ?? 0) + 1)
  }

  get closedByCode(): ReadonlyMap<number, number> {
    return this.#closed
  }
}
