/**
 * The pings to one peer, and how many pongs are due for them: a pong that answers none is paid for as a ping is, because
 * it takes as long to read.
 */
import type { WebSocket } from 'ws'
import type { PingedPeer } from '../connections/ping-gauge.ts'

export class Pings implements PingedPeer {
  readonly #peer: WebSocket
  #due = 0

  /** `onFrame` is called at each ping and pong of the peer; `isFree`: it is the pong to a ping of this server. */
  constructor(peer: WebSocket, onFrame: (isFree: boolean) => void) {
    this.#peer = peer
    peer.on('ping', () => onFrame(false))
    peer.on('pong', () => onFrame(this.#takePong()))
  }

  get OPEN(): number {
    return this.#peer.OPEN
  }

  get readyState(): number {
    return this.#peer.readyState
  }

  ping(text?: string): void {
    this.#due++
    this.#peer.ping(text)
  }

  on(event: 'pong', answered: (data: Buffer) => void): void {
    this.#peer.on(event, answered)
  }

  /** False: none was due. */
  #takePong(): boolean {
    if (this.#due === 0) return false
    this.#due--
    return true
  }
}
