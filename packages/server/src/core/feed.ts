/**
 * One reader of one channel: a cursor and an outlet. It is *live* when its cursor is the hub's
 * flushed head: then each flush goes straight out and the feed needs no cursor of its own. It is
 * *behind* when it has just begun, when it resumed or when its outlet was full: then it reads the
 * hub's tail or the store until it has caught up. Nothing is queued for it: the log is the queue.
 */

import type { Frame } from '../ports/frame.ts'
import type { Outlet } from '../ports/outlet.ts'
import type { Caller } from './caller.ts'
import type { Range } from './tail.ts'

/** What a feed reads from. */
export interface FeedSource {
  readonly flushed: number
  /** Frames from `cursor` on, at once where the tail has them. */
  readOn(cursor: number): CatchUp | Promise<CatchUp>
  /** Tells the feed that its cursor can't be continued, and where to go on. */
  expire(feed: Feed): void
  leave(feed: Feed): void
  joinLive(feed: Feed): void
  leaveLive(feed: Feed): void
}

export type CatchUp =
  | { readonly kind: 'ranges'; readonly ranges: readonly Range[] }
  /** The cursor is older than what was purged. */
  | { readonly kind: 'expired' }
  /** The log was replaced meanwhile; the hub has told its feeds. */
  | { readonly kind: 'replaced' }

/** `busy`: room or an answer of the store is waited for. What comes for another state than the one that asked is dropped. */
interface Behind {
  readonly at: 'behind'
  cursor: number
  busy: boolean
}

type State = { readonly at: 'live' } | Behind | { readonly at: 'closed' }

export interface FeedOptions {
  readonly signals: boolean
  readonly presence: boolean
  /** Asks to be told of the first and the last reader. */
  readonly demand: boolean
  /** Whether this reader counts as one (a feeder that asks for demand does not). */
  readonly counted: boolean
  readonly onEnded: (reason: 'forbidden' | 'deleted') => void
  /** The store failed under a catch-up: the outlet's connection has to go and come back. */
  readonly onBroken: (error: unknown) => void
}

export class Feed {
  /** Replaced when the connection's token is refreshed. */
  caller: Caller
  readonly outlet: Outlet
  readonly options: FeedOptions
  readonly #source: FeedSource
  #state: State
  /** Events that were to be mentioned and found no room: what stands then is told when there is. Few feeds owe any. */
  #owed: Set<string> | null = null
  #begun = false
  /** A reset or an end that came before the reply that the reader waits for. */
  #held: Frame | null = null

  constructor(source: FeedSource, caller: Caller, outlet: Outlet, cursor: number, options: FeedOptions) {
    this.#source = source
    this.caller = caller
    this.outlet = outlet
    this.options = options
    this.#state = { at: 'behind', cursor, busy: false }
  }

  get isLive(): boolean {
    return this.#state.at === 'live'
  }

  get isClosed(): boolean {
    return this.#state.at === 'closed'
  }

  /** The revision up to which this reader has been sent everything. */
  get cursor(): number {
    return this.#state.at === 'behind' ? this.#state.cursor : this.#source.flushed
  }

  /** Called by the hub's flush, live feeds only. `ranges` join from the old flushed head to the new. */
  take(ranges: readonly Range[]): void {
    if (this.#state.at !== 'live') return
    for (const range of ranges) {
      if (!this.outlet.hasRoom()) {
        this.#fallBehind(range.from)
        return
      }
      this.outlet.send(range.frame)
    }
  }

  #fallBehind(cursor: number): void {
    this.#source.leaveLive(this)
    const behind: Behind = { at: 'behind', cursor, busy: false }
    this.#state = behind
    this.#awaitRoom(behind)
  }

  #awaitRoom(behind: Behind): void {
    behind.busy = true
    this.outlet.whenRoom(() => {
      behind.busy = false
      if (this.#state === behind) this.pump()
    })
  }

  /** Begins to flow, once the reply that tells where from is on its way. */
  begin(): void {
    this.#begun = true
    if (this.#held !== null) this.outlet.send(this.#held)
    this.#held = null
    this.pump()
  }

  /** Reads on until it is live, the outlet is full, or the store has to be asked. */
  pump(): void {
    while (this.#begun && this.#state.at === 'behind' && !this.#state.busy) {
      const behind = this.#state
      const { cursor } = behind
      if (cursor === this.#source.flushed) {
        this.#state = { at: 'live' }
        this.#source.joinLive(this)
        return
      }
      // A snapshot can be ahead of the flush: the next flush calls again.
      if (cursor > this.#source.flushed) return
      if (!this.outlet.hasRoom()) {
        this.#awaitRoom(behind)
        return
      }
      const next = this.#source.readOn(cursor)
      if (next instanceof Promise) {
        behind.busy = true
        next.then(
          (catchUp) => this.#arrived(behind, catchUp),
          (error: unknown) => {
            if (this.#state === behind) this.options.onBroken(error)
          },
        )
        return
      }
      this.#apply(behind, next)
    }
  }

  #arrived(behind: Behind, catchUp: CatchUp): void {
    behind.busy = false
    if (this.#state !== behind) return
    this.#apply(behind, catchUp)
    this.pump()
  }

  #apply(behind: Behind, catchUp: CatchUp): void {
    if (catchUp.kind === 'replaced') return
    if (catchUp.kind === 'expired') {
      this.#source.expire(this)
      return
    }
    for (const range of catchUp.ranges) {
      if (range.to <= behind.cursor) continue
      if (!this.outlet.hasRoom()) return
      this.outlet.send(range.frame)
      behind.cursor = range.to
    }
  }

  /**
   * Sends what does not move the cursor, where there is room: it is of the moment, and not kept. Of what stands until it
   * changes again (presence), `instead` gives what is so by the time there is room.
   */
  mention(frame: Frame, instead?: (feed: Feed) => Frame): void {
    if (!this.#begun || this.#state.at === 'closed') return
    if (this.outlet.hasRoom()) this.outlet.send(frame)
    else if (instead !== undefined && this.#owed?.has(frame.event) !== true) {
      this.#owed = (this.#owed ?? new Set()).add(frame.event)
      this.outlet.whenRoom(() => {
        this.#owed?.delete(frame.event)
        if (this.#state.at !== 'closed') this.mention(instead(this), instead)
      })
    }
  }

  /** What the reader holds is void: it goes on from the head that the frame tells. */
  restart(frame: Frame, cursor: number): void {
    if (this.#state.at === 'closed') return
    if (this.#state.at === 'live') this.#source.leaveLive(this)
    this.#state = { at: 'behind', cursor, busy: false }
    this.#tell(frame)
  }

  /** The reply that tells where the reading begins comes first. */
  #tell(frame: Frame): void {
    if (this.#begun) this.outlet.send(frame)
    else this.#held = frame
  }

  end(frame: Frame, reason: 'forbidden' | 'deleted'): void {
    if (this.#state.at === 'closed') return
    this.close()
    this.#tell(frame)
    this.options.onEnded(reason)
  }

  close(): void {
    if (this.#state.at === 'closed') return
    this.#state = { at: 'closed' }
    this.#held = null
    this.#source.leave(this)
  }
}
