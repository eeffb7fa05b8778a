/** The channels that a node listens to, each as often as it was asked for. */

import type { Bell } from '../ports/backbone.ts'
import type { Stop } from '../ports/clock.ts'

export class Interest {
  readonly #counts = new Map<string, number>()
  readonly #began: (channel: string) => void
  readonly #ended: (channel: string) => void

  /** `began` and `ended` are told of the first listener of a channel, and of the end of the last. */
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

  concerns(bell: Bell): boolean {
    return bell.kind === 'revoked' || this.#counts.has(bell.channel)
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
