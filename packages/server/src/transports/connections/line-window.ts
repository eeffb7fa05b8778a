/**
 * How many bytes may be on their way to one peer: no limit while it takes them in time; for a slow one as many as it
 * takes within `queueMs`. What a reader of `latest` records waits for then is a range of the log, which is folded, and
 * not frames that grow old in the buffers between.
 */

/** How long bytes may wait on their way, in ms, not counting the round trip. */
export const queueMs = 300
/** Less than this on the way says nothing about the line. */
export const leastBytes = 16_384
/** A peer that takes this much in time is not slow. */
const mostBytes = 1024 ** 2

export class LineWindow {
  /** `null`: no limit. */
  #bytes: number | null = null

  get isSlow(): boolean {
    return this.#bytes !== null
  }

  isFull(onWay: number): boolean {
    return this.#bytes !== null && onWay >= this.#bytes
  }

  /** `bytes` that were on their way took `ms` to arrive. */
  measured(bytes: number, ms: number, roundTripMs: number): void {
    const queuedMs = ms - roundTripMs
    if (queuedMs > (this.isSlow ? queueMs / 2 : queueMs))
      this.#bytes = Math.max(leastBytes, (bytes / ms) * (roundTripMs + queueMs))
    else if (this.#bytes !== null) this.#bytes = this.#bytes * 2 > mostBytes ? null : this.#bytes * 2
  }
}

/** Tells how much is on the way to one peer. */
export interface LineGauge {
  readonly isSlow: boolean
  /** So many bytes were handed to the socket. */
  sent(bytes: number): void
  isFull(): boolean
  /** How long nothing has arrived although the line is full, in ms. */
  stuckMs(now: number): number
  close(): void
}
