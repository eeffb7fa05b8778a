/**
 * An outlet on a connection's socket. What waits there is bounded: when it is full the feeds are
 * told so and fall behind. It also knows whether the peer takes anything at all.
 */
import type { Socket } from 'node:net'
import type { Frame } from '../ports/frame.ts'
import type { Outlet } from '../ports/outlet.ts'
import type { Delivered } from '../telemetry/metrics.ts'

export class SocketOutlet implements Outlet {
  readonly #socket: Socket
  readonly #encode: (frame: Frame) => Buffer
  readonly #bufferBytes: number
  readonly #delivered: Delivered
  #waiting: (() => void)[] = []
  #closed = false
  #lastTaken = 0
  #stuckSince: number | null = null

  constructor(socket: Socket, encode: (frame: Frame) => Buffer, bufferBytes: number, delivered: Delivered) {
    this.#socket = socket
    this.#encode = encode
    // Below the socket's own mark it would never say that it has drained.
    this.#bufferBytes = Math.max(bufferBytes, socket.writableHighWaterMark)
    this.#delivered = delivered
    socket.on('drain', this.#drained)
  }

  get isClosed(): boolean {
    return this.#closed
  }

  /** Bytes handed to the socket that the peer has not taken. */
  get queuedBytes(): number {
    return this.#socket.writableLength
  }

  hasRoom(): boolean {
    return this.#socket.writableLength < this.#bufferBytes
  }

  send(frame: Frame): void {
    if (this.#closed) return
    const bytes = frame.as(this.#encode)
    this.#delivered.frames++
    this.#delivered.bytes += bytes.length
    this.#socket.write(bytes)
  }

  whenRoom(resume: () => void): void {
    this.#waiting.push(resume)
  }

  readonly #drained = (): void => {
    if (this.#waiting.length === 0) return
    const waiting = this.#waiting
    this.#waiting = []
    for (const resume of waiting) resume()
    // Whoever filled the room again waits behind the others, so that one busy feed starves nobody.
    const [first] = this.#waiting
    if (first !== undefined && this.#waiting.length > 1) this.#waiting = [...this.#waiting.slice(1), first]
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

  /** Nothing more goes out. */
  close(): void {
    this.#closed = true
    this.#waiting = []
    this.#socket.off('drain', this.#drained)
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
