/**
 * The connection of an event stream, whatever is told on it: when its reader comes back, its comments, and its end.
 */
import type { Socket } from 'node:net'
import type { Caller } from '../../core/access/caller.ts'
import type { Payer } from '../../core/rate/budgets.ts'
import { Frame } from '../../ports/frame.ts'
import { expiringFrame, goawayFrame } from '../../wire/frames.ts'
import type { EndReason } from '../connections/end-reason.ts'
import type { Reader, Slot } from '../connections/readers.ts'
import { SocketOutlet } from '../connections/socket-outlet.ts'
import { tokenExpiry } from '../connections/token-expiry.ts'
import type { TransportContext } from '../transport-context.ts'
import { sseForm } from './sse-form.ts'

/** How long a client waits before it comes back by itself. */
const retryMs = 2000
/**
 * The same where nobody may listen meanwhile, since the node ends. A process is started again within this time, and
 * Firefox's EventSource never comes back once its connection was refused.
 */
const restartMs = 5000

/** The response that a stream is written to. */
export interface StreamLine {
  readonly context: TransportContext
  readonly caller: Caller
  readonly socket: Socket
  readonly payer: Payer
  readonly isChunked: boolean
  readonly end: () => void
}

export abstract class StreamReader implements Reader {
  readonly transport = 'sse'
  readonly caller: Caller
  readonly outlet: SocketOutlet
  readonly #line: StreamLine
  #commentedAt: number
  #isOver = false
  #warned = false
  endReason: EndReason = 'peer'

  constructor(line: StreamLine, withId: boolean) {
    this.#line = line
    this.caller = line.caller
    const { context, socket, isChunked } = line
    this.outlet = new SocketOutlet({
      socket,
      encode: sseForm({ withId, isChunked }),
      bufferBytes: context.core.limits.bufferBytes,
      delivered: context.metrics.delivered.sse,
      makeGauge: context.kernelQueues.makerFor(socket),
    })
    this.#commentedAt = context.core.clock.monotonic()
  }

  get isOver(): boolean {
    return this.#isOver
  }

  /** Whether an event was sent, so that a comment can not stand before it. */
  protected abstract hasBegun(): boolean
  /** Frees what the stream reads by. Called once. */
  protected abstract stopped(): void

  protected enter(): void {
    const { context } = this.#line
    context.readers.add(this)
    this.#sendRetry(context.readers.returnAfterMs(context.isDraining() ? restartMs : retryMs))
  }

  beat(now: number): void {
    const { limits } = this.#line.context.core
    if (this.outlet.stuckMs(now) > limits.stallSeconds * 1000) {
      this.#endDead('the peer took nothing')
      return
    }
    if (this.#isOver) return
    if (this.hasBegun() && now - this.#commentedAt >= limits.commentSeconds * 1000 && this.outlet.canWrite()) {
      this.#commentedAt = now
      this.outlet.send(comment)
    }
    this.#checkExpiry()
  }

  #checkExpiry(): void {
    const expiry = tokenExpiry(this.#line.context.core, this.caller)
    if (expiry === 'expired') this.finish()
    else if (expiry !== 'far' && !this.#warned) {
      this.#warned = true
      this.outlet.send(expiringFrame(expiry))
    }
  }

  get mute(): Socket {
    return this.#line.socket
  }

  lost(): void {
    this.#endDead('the peer stopped answering')
  }

  #endDead(why: string): void {
    const { context, socket } = this.#line
    const { user } = this.caller
    context.metrics.closed(4408)
    context.events.ended({ transport: 'sse', code: 4408, reason: why, user }, this.outlet.queuedBytes)
    this.endReason = 'dead'
    socket.destroy()
  }

  goAway({ reconnectInMs, servedForMs }: Slot): void {
    // The slots spread the readers already; those that come back to nobody are not to come all at once.
    const isServed = servedForMs >= retryMs
    const { readers } = this.#line.context
    this.#sendRetry(isServed ? retryMs : readers.returnAfterMs(restartMs))
    this.outlet.send(goawayFrame({ reconnectInMs }))
  }

  /** Says when to come back, as a line of the event that is sent next. */
  #sendRetry(ms: number): void {
    this.outlet.send(new Frame('retry', String(ms)))
  }

  leave(): void {
    this.breakOff()
  }

  cut(): void {
    this.#line.socket.destroy()
  }

  revoke(): void {
    this.finish()
  }

  /** The end of the reading itself: nothing more comes on it, now or later. */
  protected finish(): void {
    if (this.#isOver) return
    this.endReason = 'over'
    this.stop()
    this.#line.end()
  }

  /**
   * The end of this connection only: it is reset in the middle of the response, as where a server dies. To some widely
   * used clients a whole response means that the reading is over, and they do not come back; to others, a connection
   * that closes without the last chunk is a broken protocol, and a reset is a network error (docs/outside.md).
   */
  protected breakOff(): void {
    if (this.#isOver) return
    this.endReason = 'restart'
    this.stop()
    this.#line.socket.resetAndDestroy()
  }

  stop(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.outlet.close()
    this.stopped()
  }
}

const comment = new Frame('comment', '')
