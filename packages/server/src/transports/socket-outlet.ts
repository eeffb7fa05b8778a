/**
 * An outlet on a connection's socket. What waits there is bounded: when it is full the feeds are
 * told so and fall behind. It also knows whether the peer takes anything at all.
 */
import type { Socket } from 'node:net'
import type { Frame } from '../ports/frame.ts'
import type { Outlet } from '../ports/outlet.ts'
import type { Delivered } from '../telemetry/metrics.ts'
import { Taking } from './taking.ts'

export class SocketOutlet implements Outlet {
  readonly #socket: Socket
  readonly #encode: (frame: Frame) => Buffer
  readonly #bufferBytes: number
  readonly #delivered: Delivered
  readonly #taking: Taking
  #waiting: (() => void)[] = []
  #closed = false

  constructor(socket: Socket, encode: (frame: Frame) => Buffer, bufferBytes: number, delivered: Delivered) {
    this.#socket = socket
    this.#taking = new Taking(socket)
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
    return this.#taking.stuckMs(now)
  }

  /** Nothing more goes out. */
  close(): void {
    this.#closed = true
    this.#waiting = []
    this.#socket.off('drain', this.#drained)
  }
}
