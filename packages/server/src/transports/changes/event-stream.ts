/** A reader of an event stream of channels that it names: its feeds, and what it is sent besides their frames. */
import type { Feed } from '../../core/log/feeds/feed.ts'
import { holdPresence } from '../../core/presence/presence-verbs.ts'
import { recordsAhead, type Subscription, subscribe } from '../../core/read/subscribe.ts'
import { Failure } from '../../core/rules/failure.ts'
import type { Frame } from '../../ports/frame.ts'
import { endedFrame, resetFrame, startFrame } from '../../wire/frames.ts'
import { waitForDrain } from '../connections/wait-for-drain.ts'
import type { Following, Reading } from './reading.ts'
import { type StreamLine, StreamReader } from './stream-reader.ts'

export class EventStream extends StreamReader {
  readonly #line: StreamLine
  readonly #reading: Reading
  readonly #subscriptions = new Map<string, Subscription>()
  /** Whether an event is known to have been sent: the first one has the line that says when to come back. */
  #hasEvent = false

  constructor(line: StreamLine, reading: Reading) {
    super(line, reading.isSingle)
    this.#line = line
    this.#reading = reading
  }

  async begin(): Promise<void> {
    this.enter()
    for (const sub of this.#reading.subs) {
      // Where it begins and who is there is told of each: of many channels that is more than is to wait in memory.
      await waitForDrain(this.outlet)
      await this.#follow(sub)
    }
    if (this.#subscriptions.size === 0) this.finish()
  }

  async #follow(sub: Following): Promise<void> {
    const { context } = this.#line
    const reading = this.#reading
    const { channel, after } = sub
    try {
      const subscription = await subscribe(context.core, this.caller, { channel, after, last: null }, this.outlet, {
        signals: reading.signals,
        presence: reading.presence && context.core.policies.of(channel)?.presence === true,
        demand: false,
        counted: true,
        appends: reading.appends,
        traces: reading.traces,
        maxBytes: reading.maxBytes,
        onEnded: () => this.#ended(channel),
        onBroken: (error) => {
          context.core.report(error, 'catching a reader up')
          this.breakOff()
        },
      })
      if (this.isOver) subscription.feed.close()
      else this.#open(sub, subscription)
      context.core.budgets.chargeRecords(this.#line.payer, recordsAhead(subscription))
    } catch (error) {
      const failure = Failure.from(error)
      if (failure.code === 'internal' || failure.code === 'store_unavailable') {
        context.core.report(error, 'opening a stream')
        this.breakOff()
      } else this.#sendFirst(endedFrame({ channel, reason: 'forbidden' }))
    }
  }

  /** Sends an event of the beginning. */
  #sendFirst(frame: Frame): void {
    this.outlet.send(frame)
    this.#hasEvent = true
  }

  #open({ channel, after }: Following, subscription: Subscription): void {
    const { hub, feed, reason, epoch } = subscription
    // Named twice: the second replaces the first, as a second subscribe of a socket does.
    this.#subscriptions.get(channel)?.feed.close()
    this.#subscriptions.set(channel, subscription)
    if (reason !== null) this.#sendFirst(resetFrame({ channel, reason, epoch, head: feed.cursor }))
    else if (after === null || (!this.#hasEvent && epoch !== null && subscription.resume === 'live'))
      this.#sendFirst(startFrame(channel, epoch, feed.cursor))
    this.#becomePresent(channel, feed)
    feed.begin()
    if (feed.isClosed) this.#subscriptions.delete(hub.channel)
  }

  #becomePresent(channel: string, feed: Feed): void {
    const { context } = this.#line
    const reading = this.#reading
    const { presences, limits, policies } = context.core
    if (!reading.presence || policies.of(channel)?.presence !== true) return
    const { presentAs } = reading
    if (presentAs !== null)
      holdPresence(context.core, this.caller, channel, presentAs, limits.presenceSeconds * 1000, this)
    presences.sendList(channel, feed)
  }

  /** A channel ended; with the last one, so does the stream. */
  #ended(channel: string): void {
    this.#subscriptions.delete(channel)
    if (this.#subscriptions.size === 0) this.finish()
  }

  /** Who has caught up was sent what it lacked. */
  protected hasBegun(): boolean {
    this.#hasEvent ||= [...this.#subscriptions.values()].some(({ feed }) => feed.isLive)
    return this.#hasEvent
  }

  protected stopped(): void {
    const { core } = this.#line.context
    const { presentAs } = this.#reading
    for (const [channel, { feed }] of this.#subscriptions) {
      feed.close()
      if (presentAs !== null && this.caller.user !== null)
        core.presences.streamEnded(channel, this.caller.user, presentAs, this)
    }
  }
}
