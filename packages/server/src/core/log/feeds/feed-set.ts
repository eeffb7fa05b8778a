/**
 * The feeds of one hub: all of them, those that are live, and how many of them count as readers. `idleSince` says for how
 * long there has been none, so that a hub that nobody reads can go.
 */
import type { Frame } from '../../../ports/frame.ts'
import type { Feed } from './feed.ts'
import type { Range } from './range.ts'

export interface FeedProgress {
  readonly live: number
  readonly behind: number
  /** Since when the one that is behind for the longest is, in monotonic ms; infinite: none is. */
  readonly behindSince: number
  /** Those that are behind, each with the monotonic ms since which it is. */
  readonly lagging: ReadonlyMap<Feed, number>
}

export class FeedSet {
  readonly #all = new Set<Feed>()
  readonly #live = new Set<Feed>()
  readonly #behind = new Map<Feed, number>()
  readonly #monotonic: () => number
  readonly #demandChanged: () => void
  #readers = 0
  /** Since when there has been no feed, in monotonic ms; `null`: there is one. */
  idleSince: number | null

  /** `demandChanged` is called when the number of readers goes from none to some, or back. */
  constructor(monotonic: () => number, demandChanged: () => void) {
    this.#monotonic = monotonic
    this.#demandChanged = demandChanged
    this.idleSince = monotonic()
  }

  get all(): ReadonlySet<Feed> {
    return this.#all
  }

  get progress(): FeedProgress {
    const lagging = this.#behind
    let behindSince = Number.POSITIVE_INFINITY
    // One after the other: a call takes no hundred thousand arguments.
    for (const since of lagging.values()) behindSince = Math.min(behindSince, since)
    return { live: this.#live.size, behind: lagging.size, behindSince, lagging }
  }

  get readers(): number {
    return this.#readers
  }

  get live(): number {
    return this.#live.size
  }

  get hasLive(): boolean {
    return this.#live.size > 0
  }

  add(feed: Feed): void {
    this.#all.add(feed)
    this.#behind.set(feed, this.#monotonic())
    this.idleSince = null
    if (feed.options.counted && ++this.#readers === 1) this.#demandChanged()
  }

  delete(feed: Feed): void {
    if (!this.#all.delete(feed)) return
    this.#live.delete(feed)
    this.#behind.delete(feed)
    if (this.#all.size === 0) this.idleSince = this.#monotonic()
    if (feed.options.counted && --this.#readers === 0) this.#demandChanged()
  }

  addLive(feed: Feed): void {
    this.#live.add(feed)
    this.#behind.delete(feed)
  }

  deleteLive(feed: Feed): void {
    this.#live.delete(feed)
    this.#behind.set(feed, this.#monotonic())
  }

  /** Starts the idle time anew: somebody is about to read. */
  touch(): void {
    if (this.idleSince !== null) this.idleSince = this.#monotonic()
  }

  /** Gives each live feed the ranges of a flush. */
  sendLive(ranges: readonly Range[]): void {
    for (const feed of this.#live) feed.take(ranges)
  }

  /** Lets each feed that is behind read on. */
  pumpBehind(): void {
    if (this.#live.size === this.#all.size) return
    for (const feed of this.#all) if (!feed.isLive) feed.pump()
  }

  /** Sends a frame that moves no cursor to the feeds that asked for its kind; `resend` as with `Feed.sendTransient`. */
  sendTransient(frame: Frame, to: (feed: Feed) => boolean, resend?: (feed: Feed) => void): void {
    for (const feed of this.#all) if (to(feed)) feed.sendTransient(frame, resend)
  }
}
