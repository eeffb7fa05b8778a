/** How many writes have been acknowledged: the one clock of a run, so that what happens when follows the work and not the time. */
export class Progress {
  #count = 0
  #waiting: { readonly count: number; readonly go: () => void }[] = []

  get count(): number {
    return this.#count
  }

  step(): void {
    this.#count++
    const due = this.#waiting.filter(({ count }) => count <= this.#count)
    this.#waiting = this.#waiting.filter(({ count }) => count > this.#count)
    for (const { go } of due) go()
  }

  /** Resolves when so many were acknowledged. */
  reached(count: number): Promise<void> {
    if (count <= this.#count) return Promise.resolve()
    return new Promise((go) => this.#waiting.push({ count, go }))
  }
}
