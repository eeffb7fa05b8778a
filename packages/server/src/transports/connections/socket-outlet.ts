/**
 * An outlet that writes to the socket of a connection. Its buffer is bounded: while it is full, `canWrite` is false and
 * the feeds read from the log later. Feeds of `latest` records also wait while a slow line is full (`line-window.ts`). It
 * measures how long the peer has read nothing.
 */
import type { Socket } from 'node:net'
import type { Frame } from '../../ports/frame.ts'
import type { Outlet } from '../../ports/outlet.ts'
import type { Delivered } from '../../telemetry/metrics.ts'
import type { LineGauge } from './line-window.ts'
import { WriteStall } from './write-stall.ts'

export interface SocketOutletOptions {
  readonly socket: Socket
  readonly encode: (frame: Frame) => Buffer
  readonly bufferBytes: number
  readonly delivered: Delivered
  /** Makes the gauge, once a feed asks for it: most outlets need none. */
  readonly makeGauge: (resume: () => void) => LineGauge
}

export class SocketOutlet implements Outlet {
  readonly #options: SocketOutletOptions
  readonly #socket: Socket
  readonly #bufferBytes: number
  readonly #writeStall: WriteStall
  #gauge: LineGauge | null = null
  readonly #waiting = new WaitingList()
  /** Those that wait for room on the line. */
  readonly #waitingForLine = new WaitingList()
  #closed = false

  constructor(options: SocketOutletOptions) {
    this.#options = options
    const { socket, bufferBytes } = options
    this.#socket = socket
    this.#writeStall = new WriteStall(socket)
    // With a lower mark than the socket's own, the socket would emit no `drain`.
    this.#bufferBytes = Math.max(bufferBytes, socket.writableHighWaterMark)
    socket.on('drain', this.#drained)
  }

  get isClosed(): boolean {
    return this.#closed
  }

  /** Bytes written to the socket that wait to be sent. */
  get queuedBytes(): number {
    return this.#socket.writableLength
  }

  /** Whether something waits in the log until the peer has taken more. */
  get isBehind(): boolean {
    return this.#waiting.size > 0 || this.#waitingForLine.size > 0
  }

  canWrite(): boolean {
    return this.#socket.writableLength < this.#bufferBytes
  }

  isLineFree(): boolean {
    this.#gauge ??= this.#options.makeGauge(this.#lineFreed)
    return this.#socket.writableLength < this.#socket.writableHighWaterMark && !this.#gauge.isFull()
  }

  isLineSlow(): boolean {
    return this.#gauge?.isSlow ?? false
  }

  send(frame: Frame): void {
    if (this.#closed) return
    const { encode, delivered } = this.#options
    const bytes = frame.as(encode)
    delivered.frames++
    delivered.bytes += bytes.length
    this.#socket.write(bytes)
    this.#gauge?.sent(bytes.length)
  }

  onDrain(resume: () => void): void {
    this.#waiting.add(resume)
  }

  onLineFree(resume: () => void): void {
    this.#waitingForLine.add(resume)
  }

  readonly #drained = (): void => {
    this.#waiting.resume()
    this.#waitingForLine.resume()
  }

  readonly #lineFreed = (): void => this.#waitingForLine.resume()

  /** How long bytes have waited without progress, in ms; 0: nothing waits, or there is progress. */
  stuckMs(now: number): number {
    return Math.max(this.#writeStall.stuckMs(now), this.#gauge?.stuckMs(now) ?? 0)
  }

  /** Sends nothing from now on. */
  close(): void {
    this.#closed = true
    this.#waiting.clear()
    this.#waitingForLine.clear()
    this.#gauge?.close()
    this.#socket.off('drain', this.#drained)
  }
}

class WaitingList {
  #waiting: (() => void)[] = []

  get size(): number {
    return this.#waiting.length
  }

  add(resume: () => void): void {
    this.#waiting.push(resume)
  }

  resume(): void {
    if (this.#waiting.length === 0) return
    const waiting = this.#waiting
    this.#waiting = []
    for (const resume of waiting) resume()
    // The feed that filled the buffer again goes to the end of the list, so that one busy feed does not starve the
    // others.
    const [first] = this.#waiting
    if (first !== undefined && this.#waiting.length > 1) this.#waiting = [...this.#waiting.slice(1), first]
  }

  clear(): void {
    this.#waiting = []
  }
}
