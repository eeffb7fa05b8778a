/**
 * A parked long-poll: a subscription whose outlet takes the frames of one flush. The ticker checks its wait, so that it
 * has no timer.
 */
import type { ChangesReply, Signal } from 'dovetail-protocol'
import type { Caller } from '../../core/access/caller.ts'
import type { FeedOptions } from '../../core/log/feeds/feed.ts'
import { resume } from '../../core/read/resume.ts'
import { type Subscription, subscribe } from '../../core/read/subscribe.ts'
import type { Frame } from '../../ports/frame.ts'
import type { Outlet } from '../../ports/outlet.ts'
import { ChangesFrame, isSignalFrame } from '../../wire/frames.ts'
import type { JsonText } from '../../wire/json-text.ts'
import { encodeChangesReply } from '../../wire/rest.ts'
import type { EndReason } from '../connections/end-reason.ts'
import type { Reader, Slot } from '../connections/readers.ts'
import { tokenExpiry } from '../connections/token-expiry.ts'
import type { TransportContext } from '../transport-context.ts'
import type { Following, Reading } from './reading.ts'

export interface Woken {
  /** The whole reply, shared by all polls with the same cursor; `null`: the poll has to read its changes. */
  readonly shared: JsonText<ChangesReply> | null
  readonly signals: readonly JsonText<Signal>[]
}

/** Builds the reply of a poll from the members of a shared frame; it has the epoch where the frame has it. */
function replyText({ members, cursor }: ChangesFrame): JsonText<ChangesReply> {
  const { channel, from, to, epoch, changes } = members
  const reply = { channel, from, to, cursor, changes, more: false }
  return encodeChangesReply(from === 0 && epoch !== null ? { ...reply, epoch } : reply)
}

export class ParkedPoll implements Reader, Outlet {
  readonly transport = 'long_poll'
  endReason: EndReason = 'peer'
  readonly caller: Caller
  readonly done: Promise<Woken>
  readonly #context: TransportContext
  readonly #reading: Reading
  readonly #deadline: number
  readonly #subscriptions: Subscription[] = []
  readonly #signals: JsonText<Signal>[] = []
  #frames: Frame[] = []
  #resolve: (woken: Woken) => void = () => {}
  #isOver = false
  #isWaking = false
  #slotAt = Number.POSITIVE_INFINITY

  constructor(context: TransportContext, caller: Caller, reading: Reading) {
    this.#context = context
    this.caller = caller
    this.#reading = reading
    this.#deadline = context.core.clock.monotonic() + (reading.waitSeconds ?? context.core.limits.waitSeconds) * 1000
    this.done = new Promise((resolve) => {
      this.#resolve = resolve
    })
  }

  /** Begins with what this node knows: the number of revisions that the poll is behind; `null`: the store has to be read. */
  async resume(sub: Following): Promise<number | null> {
    const subscription = await resume(this.#context.core, this.caller, sub, this, this.#options())
    if (subscription === null) return null
    const behind = subscription.hub.flushed - subscription.feed.cursor
    this.#context.readers.add(this)
    this.#begin(subscription)
    return behind
  }

  async begin(): Promise<void> {
    this.#context.readers.add(this)
    for (const { channel, after } of this.#reading.subs) {
      const request = { channel, after, last: null }
      this.#begin(await subscribe(this.#context.core, this.caller, request, this, this.#options()))
    }
  }

  #options(): FeedOptions {
    return {
      // Its line is always free.
      hasLatest: false,
      signals: this.#reading.signals,
      presence: false,
      demand: false,
      counted: true,
      maxBytes: null,
      traces: this.#reading.traces,
      // The reading that follows reports why the channel ended or failed.
      onEnded: () => this.#finishSoon(),
      onBroken: () => this.#finishSoon(),
    }
  }

  #begin(subscription: Subscription): void {
    this.#subscriptions.push(subscription)
    if (subscription.resume === 'reset') this.#finishSoon()
    if (this.#isOver) subscription.feed.close()
    else subscription.feed.begin()
  }

  /** Takes the frames of one flush only: later changes are read from the log. */
  canWrite(): boolean {
    return !this.#isOver && this.#frames.length === 0
  }

  send(frame: Frame): void {
    const delivered = this.#context.metrics.delivered[this.transport]
    delivered.frames++
    delivered.bytes += frame.json.length
    if (isSignalFrame(frame)) this.#signals.push(frame.json)
    else this.#frames.push(frame)
    this.#finishSoon()
  }

  onDrain(): void {}

  isLineFree(): boolean {
    return true
  }

  isLineSlow(): boolean {
    return false
  }

  onLineFree(): void {}

  /** Finishes at the end of this turn of the event loop, so that the reply has all frames of one flush. */
  #finishSoon(): void {
    if (this.#isWaking || this.#isOver) return
    this.#isWaking = true
    this.#context.core.clock.soon(() => {
      const [frame] = this.#frames
      const [subscription] = this.#subscriptions
      const isWhole =
        frame instanceof ChangesFrame &&
        this.#reading.isSingle &&
        !this.#reading.signals &&
        subscription !== undefined &&
        subscription.hub.flushed === revOf(frame.cursor) &&
        // A frame with more changes than the poll's `limit` can not be shared.
        revOf(frame.cursor) - revOf(subscription.cursor) <= this.#reading.limit
      this.#finish({ shared: isWhole ? frame.as(replyText) : null, signals: this.#signals })
    })
  }

  #finish(woken: Woken): void {
    this.endReason = 'over'
    // `stop` resolves the promise with an empty result, so the result has to be set first.
    this.#resolve(woken)
    this.stop()
  }

  readonly stop = (): void => {
    if (this.#isOver) return
    this.#isOver = true
    this.#context.readers.delete(this)
    for (const { feed } of this.#subscriptions) feed.close()
    // The promise has to settle even where the peer has closed the connection.
    this.#resolve({ shared: null, signals: [] })
  }

  beat(now: number): void {
    if (now >= this.#deadline || now >= this.#slotAt || hasExpired(this.#context, this.caller))
      this.#finish({ shared: null, signals: this.#signals })
  }

  goAway({ reconnectInMs }: Slot): void {
    this.#slotAt = this.#context.core.clock.monotonic() + reconnectInMs
  }

  leave(): void {
    this.#finish({ shared: null, signals: this.#signals })
  }

  cut(): void {
    this.stop()
  }

  revoke(): void {
    this.#finish({ shared: null, signals: [] })
  }
}

function revOf(cursor: string | null): number {
  return Number(cursor?.slice(cursor.lastIndexOf('.') + 1) ?? -1)
}

export function hasExpired({ core }: TransportContext, caller: Caller): boolean {
  return tokenExpiry(core, caller) === 'expired'
}
