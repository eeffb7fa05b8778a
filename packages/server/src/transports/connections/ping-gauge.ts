/**
 * The gauge of a WebSocket: a ping among the frames, whose pong says that everything before it has arrived, past every
 * buffer and proxy between. One ping is under way at a time.
 */
import type { Clock } from '../../ports/clock.ts'
import { type LineGauge, LineWindow, leastBytes, queueMs } from './line-window.ts'

/** What these pings carry, so that they are told from those of the heartbeat. */
const markText = 'mark'

/** The most bytes between two pings to a peer that takes them in time. */
const seldomBytes = 131_072
/** The longest round trip that counts as one; a longer one is taken for a queue. */
const longestRoundTripMs = 500

/** What is needed of a WebSocket. */
export interface PingedPeer {
  readonly OPEN: number
  readonly readyState: number
  ping(text: string): void
  on(event: 'pong', answered: (data: Buffer) => void): unknown
}

export interface PingGaugeOptions {
  readonly clock: Pick<Clock, 'monotonic'>
  readonly peer: PingedPeer
  /** The line may have room again. */
  readonly resume: () => void
}

export class PingGauge implements LineGauge {
  readonly #options: PingGaugeOptions
  readonly #window = new LineWindow()
  #sent = 0
  #arrived = 0
  /** Bytes until the next ping: twice as many after each that came in time. */
  #step = leastBytes
  #roundTripMs = longestRoundTripMs
  #mark: { readonly sent: number; readonly arrived: number; readonly at: number } | null = null

  constructor(options: PingGaugeOptions) {
    this.#options = options
    options.peer.on('pong', (data: Buffer) => {
      if (data.toString() === markText) this.#answered()
    })
    // The first ping has nothing before it: its answer takes a round trip.
    this.#ping()
  }

  get isSlow(): boolean {
    return this.#window.isSlow
  }

  sent(bytes: number): void {
    this.#sent += bytes
    if (this.#mark === null && this.#onWay >= this.#step) this.#ping()
  }

  isFull(): boolean {
    if (this.#window.isFull(this.#onWay)) {
      if (this.#mark === null) this.#ping()
      return true
    }
    // Until a late answer comes nobody knows how late it is.
    if (this.#mark === null || this.#onWay <= leastBytes) return false
    return this.#now - this.#mark.at > this.#roundTripMs + queueMs
  }

  #answered(): void {
    if (this.#mark === null) return
    const { sent, arrived, at } = this.#mark
    const ms = Math.max(0.1, this.#now - at)
    this.#mark = null
    this.#arrived = sent
    this.#roundTripMs = Math.min(this.#roundTripMs, ms)
    this.#window.measured(sent - arrived, ms, this.#roundTripMs)
    if (this.#window.isSlow) this.#step = leastBytes / 2
    else if (sent > arrived) this.#step = Math.min(2 * this.#step, seldomBytes)
    this.#options.resume()
  }

  stuckMs(now: number): number {
    return this.#mark !== null && this.isFull() ? now - this.#mark.at : 0
  }

  close(): void {
    this.#mark = null
  }

  get #onWay(): number {
    return this.#sent - this.#arrived
  }

  get #now(): number {
    return this.#options.clock.monotonic()
  }

  #ping(): void {
    this.#mark = { sent: this.#sent, arrived: this.#arrived, at: this.#now }
    const { peer } = this.#options
    if (peer.readyState === peer.OPEN) peer.ping(markText)
  }
}
