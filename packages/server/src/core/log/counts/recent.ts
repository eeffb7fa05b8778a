/** The newest few of what happened: a fixed number of entries, the oldest of which give way. */
export class Recent<Entry> {
  readonly #limit: number
  readonly #entries: Entry[] = []
  /** Where the next entry goes, once all places are taken. */
  #next = 0

  constructor(limit: number) {
    this.#limit = limit
  }

  add(entry: Entry): void {
    if (this.#entries.length < this.#limit) {
      this.#entries.push(entry)
      return
    }
    this.#entries[this.#next] = entry
    this.#next = (this.#next + 1) % this.#limit
  }

  /** The newest first. */
  get all(): Entry[] {
    return [...this.#entries.slice(this.#next), ...this.#entries.slice(0, this.#next)].reverse()
  }
}
