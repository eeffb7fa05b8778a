/**
 * How long what is appended to records waits to be sent. A piece is often shorter than the frame around it, so pieces
 * leave 200 ms apart: a reader then takes some five frames a second of a text, however small its pieces are. The first
 * piece leaves at once, and any other change of the channel takes those that wait with it.
 */
import type { Stop } from '../../../ports/clock.ts'

const restMs = 200

interface Clock {
  after(ms: number, task: () => void): Stop
  monotonic(): number
}

export class PieceRest {
  readonly #clock: Clock
  readonly #send: () => void
  #sentAt = Number.NEGATIVE_INFINITY
  #waits = false
  #stopWaiting: Stop | null = null

  /** `send` has everything sent that waits. */
  constructor(clock: Clock, send: () => void) {
    this.#clock = clock
    this.#send = send
  }

  /** A piece has come. */
  wait(): void {
    this.#waits = true
    if (this.#stopWaiting !== null) return
    const ms = this.#sentAt + restMs - this.#clock.monotonic()
    if (ms <= 0) this.#send()
    else
      this.#stopWaiting = this.#clock.after(ms, () => {
        this.#stopWaiting = null
        this.#send()
      })
  }

  /** Everything was sent. */
  sent(): void {
    if (this.#waits) this.#sentAt = this.#clock.monotonic()
    this.#waits = false
    this.stop()
  }

  stop(): void {
    this.#stopWaiting?.()
    this.#stopWaiting = null
  }
}
