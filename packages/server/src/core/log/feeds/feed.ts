/**
 * One reader of one channel: a cursor and an outlet. A live feed has been sent everything up to the hub's flushed head:
 * each flush goes straight to its outlet, and it needs no cursor of its own. A feed that is behind reads the hub's tail
 * or the store from its cursor on. No feed has a queue of frames: the log is the queue.
 *
 *          join
 *           │         pump(): the cursor is the flushed head
 *           ▼       ┌───────────────────────────────────────────┐
 *      ┌────────┐ ──┘                                           └─▶ ┌──────┐
 *      │ behind │                                                   │ live │
 *      └────────┘ ◀─┐                                           ┌── └──────┘
 *           │       └───────────────────────────────────────────┘       │
 *           │         take(): the outlet is full; or a reset            │
 *           │                                                           │
 *           └──────────────┐  close(), end()  ┌─────────────────────────┘
 *                          ▼                  ▼
 *                       ┌────────────────────────┐
 *                       │         closed         │
 *                       └────────────────────────┘
 *
 * A feed that is behind does one thing at a time: it sends frames, or waits for its outlet to drain, or waits for the
 * store's answer (`busy`).
 */

import type { Frame } from '../../../ports/frame.ts'
import type { Outlet } from '../../../ports/outlet.ts'
import type { Caller } from '../../access/caller.ts'
import type { FeedOptions } from './feed-options.ts'
import { isExpired } from './is-expired.ts'
import type { Range } from './range.ts'

export type { FeedOptions } from './feed-options.ts'

/** What a feed reads from. */
export interface FeedSource {
  readonly flushed: number
  /** Frames from `cursor` on, at once where the tail has them. */
  readOn(cursor: number): CatchUp | Promise<CatchUp>
  /** Resets the feed: its cursor can't be continued, and it goes on from the flushed head. */
  expire(feed: Feed): void
  leave(feed: Feed): void
  joinLive(feed: Feed): void
  leaveLive(feed: Feed): void
}

export type CatchUp =
  /** `floor`: below it, tombstones may be missing; 0 where none is. */
  | {
      readonly kind: 'ranges'
      readonly ranges: readonly Range[]
      readonly floor: number
      /** What changed again up to here was left out; 0: nothing was. */
      readonly foldedTo: number
    }
  /** The log was replaced while the store was read; the hub has reset its feeds. */
  | { readonly kind: 'replaced' }

/** `busy`: the feed waits for its outlet to drain or for the store. An answer that finds the feed in another state is dropped. */
interface Behind {
  readonly at: 'behind'
  cursor: number
  /** The floor of the log when the reader began at its beginning; 0: it began above the floor. */
  begunAt: number
  busy: boolean
}

type State = { readonly at: 'live' } | Behind | { readonly at: 'closed' }

export class Feed {
  /** Replaced when the connection's token is refreshed. */
  caller: Caller
  readonly outlet: Outlet
  readonly options: FeedOptions
  readonly #source: FeedSource
  #state: State
  /** From this revision on the reader holds all that lies behind its cursor, so that it can add to it what is appended. */
  #wholeFrom: number
  /** Events whose frame the full outlet did not take: `resend` sends what is true once the outlet has drained. Few feeds have any. */
  #unsent: Set<string> | null = null
  #begun = false
  /** A reset or an end that has to wait for the reply to the reader's subscribe. */
  #held: Frame | null = null

  constructor(source: FeedSource, caller: Caller, outlet: Outlet, cursor: number, options: FeedOptions) {
    this.#source = source
    this.caller = caller
    this.outlet = outlet
    this.options = options
    this.#wholeFrom = options.foldedTo ?? 0
    this.#state = { at: 'behind', cursor, begunAt: options.begunAt ?? 0, busy: false }
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
    const [first] = ranges
    if (this.#state.at !== 'live' || first === undefined) return
    if (!this.#canBegin()) {
      this.#fallBehind(first.from)
      return
    }
    for (const range of this.#fitting(ranges, first.from)) {
      if (!this.outlet.canWrite()) {
        this.#lacksUpTo(ranges)
        this.#fallBehind(range.from)
        return
      }
      this.outlet.send(range.frame)
    }
  }

  /** The reader is sent only the first of these ranges, of which the last ones have what changed again. */
  #lacksUpTo(ranges: readonly Range[]): void {
    this.#wholeFrom = Math.max(this.#wholeFrom, ranges.at(-1)?.to ?? 0)
  }

  /** `from`: where the first of the ranges begins. */
  #fitting(ranges: readonly Range[], from: number): readonly Range[] {
    const { maxBytes, hasLatest, appends, traces } = this.options
    const shown = traces === true ? ranges.flatMap((range) => range.traced()) : ranges
    const asked = appends === true && from >= this.#wholeFrom ? shown.map((range) => range.growing()) : shown
    const fitting = maxBytes === null ? asked : asked.flatMap((range) => range.within(maxBytes))
    return hasLatest && this.outlet.isLineSlow() ? fitting.flatMap((range) => range.inPieces()) : fitting
  }

  #fallBehind(cursor: number): void {
    this.#source.leaveLive(this)
    const behind: Behind = { at: 'behind', cursor, begunAt: 0, busy: false }
    this.#state = behind
    this.#awaitDrain(behind)
  }

  /**
   * Asked once for all frames of a range: one that was left halfway would begin anew with the records that changed
   * first, and where all change in the same order, the others would never be sent.
   */
  #canBegin(): boolean {
    return this.outlet.canWrite() && (!this.options.hasLatest || this.outlet.isLineFree())
  }

  #awaitDrain(behind: Behind): void {
    behind.busy = true
    const resume = (): void => {
      behind.busy = false
      if (this.#state === behind) this.pump()
    }
    if (this.outlet.canWrite()) this.outlet.onLineFree(resume)
    else this.outlet.onDrain(resume)
  }

  /** Begins to send, once the reply with the reader's first cursor has been sent. */
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
      // A snapshot can be newer than the last flush: the next flush calls again.
      if (cursor > this.#source.flushed) return
      if (!this.#canBegin()) {
        this.#awaitDrain(behind)
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
    if (behind.cursor === 0) behind.begunAt = catchUp.floor
    if (isExpired(behind.cursor, behind.begunAt, catchUp.floor)) {
      this.#source.expire(this)
      return
    }
    this.#wholeFrom = Math.max(this.#wholeFrom, catchUp.foldedTo)
    for (const range of this.#fitting(catchUp.ranges, behind.cursor)) {
      if (range.to <= behind.cursor) continue
      if (!this.outlet.canWrite()) {
        this.#lacksUpTo(catchUp.ranges)
        return
      }
      this.outlet.send(range.frame)
      behind.cursor = range.to
    }
  }

  /** Whether the reply with the reader's first cursor has been sent. */
  get hasBegun(): boolean {
    return this.#begun
  }

  /**
   * Sends a frame that moves no cursor; a full outlet drops it. Where the frame shows a state (presence, demand) rather
   * than an event, `resend` is called once the outlet has drained, to send the state as it is then.
   */
  sendTransient(frame: Frame, resend?: (feed: Feed) => void): void {
    if (!this.#begun || this.#state.at === 'closed') return
    const { maxBytes } = this.options
    if (this.outlet.canWrite()) this.outlet.send(maxBytes === null ? frame : frame.within(maxBytes))
    else if (resend !== undefined && this.#unsent?.has(frame.event) !== true) {
      this.#unsent = (this.#unsent ?? new Set()).add(frame.event)
      this.outlet.onDrain(() => {
        this.#unsent?.delete(frame.event)
        if (this.#state.at !== 'closed') resend(this)
      })
    }
  }

  /** Sends frames that move no cursor, each once the outlet can take it. `next` makes the following frame; `null`: there is none. */
  sendEach(next: () => Frame | null): void {
    while (this.#state.at !== 'closed') {
      if (!this.outlet.canWrite()) {
        this.outlet.onDrain(() => this.sendEach(next))
        return
      }
      const frame = next()
      if (frame === null) return
      this.outlet.send(frame)
    }
  }

  /** Sends a reset: what the reader holds is void, and it goes on from `cursor`. */
  restart(frame: Frame, cursor: number): void {
    if (this.#state.at === 'closed') return
    if (this.#state.at === 'live') this.#source.leaveLive(this)
    this.#state = { at: 'behind', cursor, begunAt: 0, busy: false }
    this.#wholeFrom = cursor
    this.#sendOrHold(frame)
  }

  /** A reset or an end never precedes the reply to the subscribe. */
  #sendOrHold(frame: Frame): void {
    if (this.#begun) this.outlet.send(frame)
    else this.#held = frame
  }

  end(frame: Frame, reason: 'forbidden' | 'deleted'): void {
    if (this.#state.at === 'closed') return
    this.close()
    this.#sendOrHold(frame)
    this.options.onEnded(reason)
  }

  close(): void {
    if (this.#state.at === 'closed') return
    this.#state = { at: 'closed' }
    this.#held = null
    this.#source.leave(this)
  }
}
