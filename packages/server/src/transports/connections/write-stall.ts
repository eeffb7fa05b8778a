/** Measures how long the peer of a socket has read nothing although bytes wait for it. */
import type { Socket } from 'node:net'

export class WriteStall {
  readonly #socket: Socket
  #lastTaken = 0
  #stuckSince: number | null = null

  constructor(socket: Socket) {
    this.#socket = socket
  }

  /** How long bytes have waited without progress, in ms; 0: nothing waits, or there is progress. */
  stuckMs(now: number): number {
    const queued = this.#socket.writableLength
    // Bytes written minus bytes still buffered; unchanged while the peer reads nothing.
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
 * Bytes of a running write that libuv still buffers: the only sign of progress of one large write to a slow peer. Node
 * has the number on its internal handle, where its own socket time-outs read it; 0 where the handle lacks it.
 */
function kernelQueue(socket: Socket): number {
  const handle = (socket as { _handle?: { writeQueueSize?: unknown } | null })._handle
  return typeof handle?.writeQueueSize === 'number' ? handle.writeQueueSize : 0
}
