/** Time limit in ms for a small answer. */
const answerMs = 5_000
/** Time limit in ms for a page or a catch-up: 1 MiB, the most that a server sends at once, takes 53 s at 20 KB/s. */
const largeAnswerMs = 60_000
const maxDoublings = 5

/**
 * How long a WebSocket may be silent before it counts as dead. A browser shows a message when it is whole, so
 * a large one on a slow line looks like silence, and whoever gives up then has to receive the same message
 * again. So more time is given where a large answer is due, and twice as much after each time that it was too
 * little: an answer that comes at all is received after a few connections.
 */
export class SilenceLimit {
  #doublings = 0

  get answerMs(): number {
    return answerMs * 2 ** this.#doublings
  }

  get largeAnswerMs(): number {
    return largeAnswerMs * 2 ** this.#doublings
  }

  exceeded(): void {
    this.#doublings = Math.min(maxDoublings, this.#doublings + 1)
  }

  answered(): void {
    this.#doublings = 0
  }
}
