/** Whether the peer of a socket takes what waits for it. */
import type { Socket } from 'node:net'

export class Taking {
  readonly #socket: Socket
  #lastTaken = 0
  #stuckSince: number | null = null

  constructor(socket: Socket) {
    this.#socket = socket
  }

  /** For how long something has waited and none of it was taken, in ms; 0: nothing waits, or it moves. */
  stuckMs(now: number): number {
    const queued = this.#socket.writableLength
    // What was handed over less what waits: it stands still while more is only queued.
    const taken = (this.#socket.bytesWritten ?? 0) - queued - kernelQueue(this.#socket)
    if (queued === 0 || this.#stuckSince === null || taken !== this.#lastTaken) {
      this.#lastTaken = taken
      this.#stuckSince = queued === 0 ? null : now
      return 0
    }
    return now - this.#stuckSince
  }
}

/**
 * How much of a write under way libuv still holds: one large write that the peer takes slowly shows
 * no other sign of progress. Node keeps the figure on the handle, where its own socket time-outs
 * read it; where there is none, the stream's length alone counts.
 */
function kernelQueue(socket: Socket): number {
  const handle = (socket as { _handle?: { writeQueueSize?: unknown } | null })._handle
  return typeof handle?.writeQueueSize === 'number' ? handle.writeQueueSize : 0
}
