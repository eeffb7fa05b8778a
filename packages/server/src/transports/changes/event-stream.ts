/** A reader of an event stream: its feeds, what it is sent besides their frames, and its end. */
import type { Socket } from 'node:net'
import type { Caller } from '../../core/access/caller.ts'
import type { Feed } from '../../core/log/feeds/feed.ts'
import { holdPresence } from '../../core/presence/presence-verbs.ts'
import type { Payer } from '../../core/rate/budgets.ts'
import { recordsAhead, type Subscription, subscribe } from '../../core/read/subscribe.ts'
import { Failure } from '../../core/rules/failure.ts'
import { Frame } from '../../ports/frame.ts'
import { endedFrame, expiringFrame, goawayFrame, resetFrame, startFrame } from '../../wire/frames.ts'
import type { EndReason } from '../connections/end-reason.ts'
import type { Reader, Slot } from '../connections/readers.ts'
import { SocketOutlet } from '../connections/socket-outlet.ts'
import { tokenExpiry } from '../connections/token-expiry.ts'
import { waitForDrain } from '../connections/wait-for-drain.ts'
import type { TransportContext } from '../transport-context.ts'
import type { Following, Reading } from './reading.ts'
import { sseForm } from './sse-form.ts'

/** How long a client waits before it comes back by itself. */
const retryMs = 2000
/**
 * The same where nobody may listen meanwhile, since the node ends. A process is started again within this time, and
 * Firefox's EventSource never comes back once its connection was refused.
 */
const restartMs = 5000

export interface EventStreamOptions {
  readonly context: TransportContext
  readonly caller: Caller
  readonly reading: Reading
  readonly socket: Socket
  readonly payer: Payer
  readonly isChunked: boolean
  readonly end: () => void
}

export class EventStream implements Reader {
  readonly transport = 'sse'
  readonly caller: Caller
  readonly #options: EventStreamOptions
  readonly outlet: SocketOutlet
  readonly #subscriptions = new Map<string, Subscription>()
  #commentedAt: number
  /** Whether an event is known to have been sent: the first one has the line that says when to come back. */
  #hasEvent = false
  #isOver = false
  endReason: EndReason = 'peer'
  #warned = false

  constructor(options: EventStreamOptions) {
    this.#options = options
    this.caller = options.caller
    const { context, reading, socket, isChunked } = options
    this.outlet = new SocketOutlet({
      socket,
      encode: sseForm({ withId: reading.isSingle, isChunked }),
      bufferBytes: context.core.limits.bufferBytes,
      delivered: context.metrics.delivered.sse,
      makeGauge: context.kernelQueues.makerFor(socket),
    })
    this.#commentedAt = context.core.clock.monotonic()
  }

  async begin(): Promise<void> {
    const { context, reading } = this.#options
    context.readers.add(this)
    this.#sendRetry(context.readers.returnAfterMs(context.isDraining() ? restartMs : retryMs))
    for (const sub of reading.subs) {
      // Where it begins and who is there is told of each: of many channels that is more than is to wait in memory.
      await waitForDrain(this.outlet)
      await this.#follow(sub)
    }
    if (this.#subscriptions.size === 0) this.#finish()
  }

  async #follow(sub: Following): Promise<void> {
    const { context, reading } = this.#options
    const { channel, after } = sub
    try {
      const subscription = await subscribe(context.core, this.caller, { channel, after, last: null }, this.outlet, {
        signals: reading.signals,
        presence: reading.presence && context.core.policies.of(channel)?.presence === true,
        demand: false,
        counted: true,
        maxBytes: reading.maxBytes,
        onEnded: () => this.#ended(channel),
        onBroken: (error) => {
          context.core.report(error, 'catching a reader up')
          this.#breakOff()
        },
      })
      if (this.#isOver) subscription.feed.close()
      else this.#open(sub, subscription)
      context.core.budgets.chargeRecords(this.#options.payer, recordsAhead(subscription))
    } catch (error) {
      const failure = Failure.from(error)
      if (failure.code === 'internal' || failure.code === 'store_unavailable') {
        context.core.report(error, 'opening a stream')
        this.#breakOff()
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
    const { context, reading } = this.#options
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
    if (this.#subscriptions.size === 0) this.#finish()
  }

  beat(now: number): void {
    const { limits } = this.#options.context.core
    if (this.outlet.stuckMs(now) > limits.stallSeconds * 1000) {
      this.#endDead('the peer took nothing')
      return
    }
    if (this.#isOver) return
    if (this.#hasBegun() && now - this.#commentedAt >= limits.commentSeconds * 1000 && this.outlet.canWrite()) {
      this.#commentedAt = now
      this.outlet.send(comment)
    }
    this.#checkExpiry()
  }

  /** Whether an event was sent, so that a comment can not stand before it. Who has caught up was sent what it lacked. */
  #hasBegun(): boolean {
    this.#hasEvent ||= [...this.#subscriptions.values()].some(({ feed }) => feed.isLive)
    return this.#hasEvent
  }

  #checkExpiry(): void {
    const expiry = tokenExpiry(this.#options.context.core, this.caller)
    if (expiry === 'expired') this.#finish()
    else if (expiry !== 'far' && !this.#warned) {
      this.#warned = true
      this.outlet.send(expiringFrame(expiry))
    }
  }

  get mute(): Socket {
    return this.#options.socket
  }

  lost(): void {
    this.#endDead('the peer stopped answering')
  }

  #endDead(why: string): void {
    const { context, socket } = this.#options
    const { user } = this.caller
    context.log.warn({ code: 4408, user, queued: this.outlet.queuedBytes }, `ended a stream: ${why}`)
    context.metrics.closed(4408)
    this.endReason = 'dead'
    socket.destroy()
  }

  goAway({ reconnectInMs, servedForMs }: Slot): void {
    // The slots spread the readers already; those that come back to nobody are not to come all at once.
    const isServed = servedForMs >= retryMs
    const { readers } = this.#options.context
    this.#sendRetry(isServed ? retryMs : readers.returnAfterMs(restartMs))
    this.outlet.send(goawayFrame({ reconnectInMs }))
  }

  /** Says when to come back, as a line of the event that is sent next. */
  #sendRetry(ms: number): void {
    this.outlet.send(new Frame('retry', String(ms)))
  }

  leave(): void {
    this.#breakOff()
  }

  cut(): void {
    this.#options.socket.destroy()
  }

  revoke(): void {
    this.#finish()
  }

  /** The end of the reading itself: nothing more comes on it, now or later. */
  #finish(): void {
    if (this.#isOver) return
    this.endReason = 'over'
    this.stop()
    this.#options.end()
  }

  /**
   * The end of this connection only: it is reset in the middle of the response, as where a server dies. To some widely
   * used clients a whole response means that the reading is over, and they do not come back; to others, a connection
   * that closes without the last chunk is a broken protocol, and a reset is a network error (docs/outside.md).
   */
  #breakOff(): void {
    if (this.#isOver) return
    this.endReason = 'restart'
    this.stop()
    this.#options.socket.resetAndDestroy()
  }

  stop(): void {
    if (this.#isOver) return
    this.#isOver = true
    const { context, reading } = this.#options
    this.outlet.close()
    for (const [channel, { feed }] of this.#subscriptions) {
      feed.close()
      if (reading.presentAs !== null && this.caller.user !== null)
        context.core.presences.streamEnded(channel, this.caller.user, reading.presentAs, this)
    }
  }
}

const comment = new Frame('comment', '')
