/**
 * The channels of a consumer that can't be claimed before a certain time, as far as this node knows: a worker holds
 * them, here or on another node, or they are delayed. What changes meanwhile is remembered.
 */
interface Waiting {
  /** By the monotonic clock. */
  readonly until: number
  /** The lease of a worker of this node; `null`: it is held elsewhere, or delayed. */
  readonly lease: string | null
  /** Whether it may have something new when it is free. */
  readonly isTouched: boolean
  /** How far its holder has been given it; `null`: that is not known. */
  readonly end: string | null
}

export class WaitingChannels {
  readonly #waiting = new Map<string, Waiting>()

  hold(channels: Iterable<string>, lease: string, until: number): void {
    for (const channel of channels) this.#waiting.set(channel, { until, lease, isTouched: false, end: null })
  }

  /** Whoever frees it finds that it may have something new. */
  delay(channel: string, until: number): void {
    this.#waiting.set(channel, { until, lease: null, isTouched: true, end: null })
  }

  prolong(lease: string, until: number): void {
    for (const [channel, waiting] of this.#waiting)
      if (waiting.lease === lease) this.#waiting.set(channel, { ...waiting, until })
  }

  has(channel: string): boolean {
    return this.#waiting.has(channel)
  }

  /** Remembers that the channel may have something new. `false`: it does not wait. */
  touch(channel: string): boolean {
    const waiting = this.#waiting.get(channel)
    if (waiting !== undefined) this.#waiting.set(channel, { ...waiting, isTouched: true })
    return waiting !== undefined
  }

  /** The holder of the channel is given it up to this cursor. */
  give(channel: string, end: string): void {
    const waiting = this.#waiting.get(channel)
    if (waiting !== undefined) this.#waiting.set(channel, { ...waiting, end })
  }

  /** The channel is free, at this cursor. Returns whether it may have something new behind that. */
  free(channel: string, cursor: string | null): boolean {
    const waiting = this.#waiting.get(channel)
    this.#waiting.delete(channel)
    return waiting === undefined || waiting.isTouched || (cursor !== null && cursor !== waiting.end)
  }

  /** Takes out the channels whose time has come. */
  *over(now: number): Generator<string, void> {
    for (const [channel, { until }] of this.#waiting) {
      if (until > now) continue
      this.#waiting.delete(channel)
      yield channel
    }
  }

  /** When the next one's time comes; `Infinity`: none waits. */
  get next(): number {
    let next = Number.POSITIVE_INFINITY
    for (const { until } of this.#waiting.values()) next = Math.min(next, until)
    return next
  }

  clear(): void {
    this.#waiting.clear()
  }
}
