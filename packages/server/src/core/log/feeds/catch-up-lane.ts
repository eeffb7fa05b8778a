/**
 * Lets few readers that are behind read the store at a time, on all channels of this node. What the store gives is decoded
 * and encoded here, some milliseconds for each read; many answers that come together would be one long turn of the event
 * loop, for which live readers wait. So the next read begins in a later turn than that in which one has ended.
 */

/** Enough that the store reads one while another one is encoded. */
const mostReads = 2

export class CatchUpLane {
  readonly #soon: (task: () => void) => void
  #reading = 0
  readonly #waiting: (() => void)[] = []

  /** `soon` runs a task when the present turn of the event loop has ended. */
  constructor(soon: (task: () => void) => void) {
    this.#soon = soon
  }

  /** Runs `read` when it is its turn: the first one that asked is the first one that reads. */
  async run<Result>(read: () => Promise<Result>): Promise<Result> {
    if (this.#reading < mostReads) this.#reading++
    else await new Promise<void>((resolve) => this.#waiting.push(resolve))
    try {
      return await read()
    } finally {
      if (this.#waiting.length === 0) this.#reading--
      else this.#soon(() => this.#handOn())
    }
  }

  #handOn(): void {
    const next = this.#waiting.shift()
    if (next === undefined) this.#reading--
    else next()
  }
}
