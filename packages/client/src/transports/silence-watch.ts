import type { Stop } from '../base/clock.ts'
import type { Network } from '../base/network.ts'
import { nothing } from '../base/nothing.ts'

/** The interval of pings: below the idle limits of common proxies (60 s and more). Pings also measure the round trip. */
const pingEveryMs = 20_000

/**
 * Watches a WebSocket for silence: pings when nothing came for 20 s, and gives the socket up when nothing
 * comes then either.
 *
 * While a large answer is due (a first page, a catch-up), silence says little: a browser shows a message when
 * it is whole. So there the limit is longer (`SilenceLimit`), and pings go out so often that the server, whose
 * own pings wait behind that answer, hears of this client in time.
 */
export class SilenceWatch {
  readonly #network: Network
  readonly #ping: () => void
  readonly #died: () => void
  /** The channels whose first page or catch-up has not arrived yet. */
  readonly #due = new Set<string>()
  /** When the last message came, in ms since the Unix epoch; null before the first one, which the hello waits for. */
  #heardAt: number | null = null
  #stopTimer: Stop = nothing
  #ended = false

  constructor(network: Network, ping: () => void, died: () => void) {
    this.#network = network
    this.#ping = ping
    this.#died = died
  }

  /** A whole message came. */
  heard(): void {
    this.#heardAt = this.#network.clock.now()
    if (this.#due.size === 0) this.#network.silence.answered()
    this.#wait()
  }

  /** A large answer of this channel is due. */
  expect(channel: string): void {
    this.#due.add(channel)
    if (this.#heardAt !== null) this.#wait()
  }

  /** The large answer of this channel arrived, or will not. */
  received(channel: string): void {
    this.#due.delete(channel)
  }

  /** Checks now whether the connection is alive, such as after the device slept. */
  probe(): void {
    this.#heardAt = this.#network.clock.now()
    this.#askForLife()
  }

  end(): void {
    this.#ended = true
    this.#stopTimer()
  }

  #wait(): void {
    this.#arm(this.#due.size > 0 ? this.#pingWhileDueMs : pingEveryMs, () => this.#askForLife())
  }

  #askForLife(): void {
    const askedAt = this.#network.clock.now()
    this.#ping()
    if (this.#due.size > 0) {
      const leftMs = this.#network.silence.largeAnswerMs - (askedAt - (this.#heardAt ?? askedAt))
      if (leftMs > 0) this.#arm(Math.min(leftMs, this.#pingWhileDueMs), () => this.#askForLife())
      else this.#giveUp()
    } else this.#arm(this.#network.silence.answerMs, () => this.#giveUp())
  }

  /** The ping interval while a large answer is due: the server drops a client that is silent for `pongSeconds` after a ping. */
  get #pingWhileDueMs(): number {
    return Math.min(pingEveryMs, this.#network.limits.pongSeconds * 800)
  }

  #giveUp(): void {
    this.#network.silence.exceeded()
    this.#died()
  }

  #arm(ms: number, task: () => void): void {
    this.#stopTimer()
    if (!this.#ended) this.#stopTimer = this.#network.clock.after(ms, task)
  }
}
