/**
 * When a connection reads from its peer: not while its command queue is full, and not for a moment after a command too
 * many, so that TCP itself slows the peer down. What is sent while it rests waits in the kernel, and then at the peer.
 */
import type { Socket } from 'node:net'
import type { WebSocket } from 'ws'
import type { Clock, Stop } from '../../ports/clock.ts'
import { readInSlices, readNoMore } from './in-slices.ts'

/** After a refusal over the pace of LIM38. Each brings 4 KiB at most, so that the peer sends 40 KiB a second. */
const restMs = 100
/** From the refusal that is one too many to the close: who comes back at once has waited for so long. */
const endMs = 1000

export class Reading {
  readonly #clock: Clock
  readonly #peer: WebSocket
  readonly #socket: Socket
  #isFull = false
  #stopRest: Stop | null = null
  #isGathering = false
  #isEnding = false

  constructor(clock: Clock, peer: WebSocket, socket: Socket) {
    this.#clock = clock
    this.#peer = peer
    this.#socket = socket
    readInSlices(socket)
  }

  /** Nothing is read from the peer, so that nothing can be heard of it. */
  get isPaused(): boolean {
    return this.#isFull || this.#stopRest !== null
  }

  queueIs(isFull: boolean): void {
    if (isFull === this.#isFull) return
    this.#isFull = isFull
    this.#pace()
  }

  /** Writes what this turn of the event loop sends at once: a flood of refusals would be as many system calls. */
  gather(): void {
    if (this.#isGathering) return
    this.#isGathering = true
    this.#socket.cork()
    this.#clock.soon(() => {
      this.#isGathering = false
      this.#socket.uncork()
    })
  }

  rest(): void {
    if (this.#stopRest === null) this.#restFor(restMs, () => {})
  }

  /** Reads no more, and calls `close` after a while. */
  end(close: () => void): void {
    this.#isEnding = true
    this.#stopRest?.()
    this.#restFor(endMs, close)
  }

  /** A close frame was sent. */
  closing(): void {
    this.#stopRest?.()
    this.#stopRest = null
    this.#isFull = false
    if (this.#isEnding) readNoMore(this.#socket)
    // A paused socket would never see the peer's answer.
    else this.#peer.resume()
  }

  #restFor(ms: number, afterwards: () => void): void {
    this.#peer.pause()
    this.#stopRest = this.#clock.after(ms, () => {
      this.#stopRest = null
      afterwards()
      this.#pace()
    })
  }

  #pace(): void {
    if (this.isPaused) this.#peer.pause()
    else this.#peer.resume()
  }
}
