/** The channels that a node listens to, with their listeners counted. */

import { channelOf, type Notification } from '../../ports/backbone.ts'
import type { Stop } from '../../ports/clock.ts'

export class Interest {
  readonly #counts = new Map<string, number>()
  readonly #began: (channel: string) => void
  readonly #ended: (channel: string) => void

  /** `began` is called with a channel's first listener, `ended` when its last one stops. */
  constructor(began: (channel: string) => void = () => {}, ended: (channel: string) => void = () => {}) {
    this.#began = began
    this.#ended = ended
  }

  get channels(): readonly string[] {
    return [...this.#counts.keys()]
  }

  has(channel: string): boolean {
    return this.#counts.has(channel)
  }

  concerns(notification: Notification): boolean {
    const channel = channelOf(notification)
    return channel === null || this.#counts.has(channel)
  }

  add(channel: string): Stop {
    const before = this.#counts.get(channel) ?? 0
    this.#counts.set(channel, before + 1)
    if (before === 0) this.#began(channel)
    let isStopped = false
    return () => {
      if (isStopped) return
      isStopped = true
      this.#remove(channel)
    }
  }

  #remove(channel: string): void {
    const left = (this.#counts.get(channel) ?? 0) - 1
    if (left > 0) {
      this.#counts.set(channel, left)
      return
    }
    this.#counts.delete(channel)
    this.#ended(channel)
  }
}
