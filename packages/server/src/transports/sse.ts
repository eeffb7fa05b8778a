/**
 * Server-Sent Events (WHATWG HTML, section 9.2): the same feeds and the same shared frames, in
 * another form, written to the bare socket.
 */
import type { Socket } from 'node:net'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { namedChannel } from '../core/address.ts'
import type { Caller } from '../core/caller.ts'
import { Failure } from '../core/failure.ts'
import type { Feed } from '../core/feed.ts'
import { endedFrame, presentFrame, resetFrame } from '../core/notices.ts'
import { parsedCursor, readable } from '../core/read.ts'
import { type Subscription, subscribe } from '../core/subscribe.ts'
import { untilRoom } from '../core/until-room.ts'
import { Frame } from '../ports/frame.ts'
import { addressOf } from './address-of.ts'
import type { Door } from './door.ts'
import type { Reader } from './readers.ts'
import type { Following, Reading } from './reading.ts'
import { SocketOutlet } from './socket-outlet.ts'
import { sseForm } from './sse-form.ts'
import { tooManyConnections } from './too-many-connections.ts'

/** How long a browser waits before it comes back by itself. */
const retryMs = 2000

const headers = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store, no-transform',
  'x-accel-buffering': 'no',
}

export async function stream(
  door: Door,
  caller: Caller,
  reading: Reading,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const [only] = reading.subs
  // One channel that can't be read is refused as any request is; of several, each is told on its own.
  if (reading.isSingle && only !== undefined) await readable(door.core, caller, only.channel)
  if (door.isDraining()) throw new Failure('draining', 'This node is leaving.', { retryAfter: 1 })
  requireStartable(reading)
  if (request.method === 'HEAD') return reply.headers(headers).send()
  const leave = door.connections.enter(addressOf(request.raw, door.trustProxy))
  if (leave === null) throw tooManyConnections()
  const response = reply.raw
  reply.hijack()
  for (const [name, value] of Object.entries(reply.getHeaders()))
    if (value !== undefined) response.setHeader(name, value)
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
  const { socket } = request.raw
  socket.setNoDelay(true)
  response.writeHead(200)
  response.flushHeaders()
  const events = new EventStream({
    door,
    caller,
    reading,
    socket,
    isChunked: request.raw.httpVersion !== '1.0',
    end: () => response.end(),
  })
  response.on('close', () => {
    leave()
    events.stop()
  })
  await events.begin()
  return reply
}

/** A malformed name or cursor is refused before the stream begins; what can't be continued is an event on it. */
function requireStartable(reading: Reading): void {
  for (const { channel, after } of reading.subs) {
    namedChannel(channel)
    if (after !== null) parsedCursor(after)
  }
}

interface EventStreamOptions {
  readonly door: Door
  readonly caller: Caller
  readonly reading: Reading
  readonly socket: Socket
  readonly isChunked: boolean
  readonly end: () => void
}

class EventStream implements Reader {
  readonly transport = 'sse'
  readonly caller: Caller
  readonly #options: EventStreamOptions
  readonly #outlet: SocketOutlet
  readonly #subscriptions = new Map<string, Subscription>()
  #commentedAt: number
  #isOver = false
  #warned = false

  constructor(options: EventStreamOptions) {
    this.#options = options
    this.caller = options.caller
    const { door, reading, socket, isChunked } = options
    this.#outlet = new SocketOutlet(
      socket,
      sseForm({ withId: reading.isSingle, isChunked }),
      door.core.limits.bufferBytes,
      door.metrics.delivered.sse,
    )
    this.#commentedAt = door.core.clock.monotonic()
  }

  async begin(): Promise<void> {
    const { door, reading } = this.#options
    door.readers.add(this)
    this.#outlet.send(new Frame('retry', String(retryMs)))
    for (const sub of reading.subs) {
      // Where it begins and who is there is told of each: of many channels that is more than is to wait in memory.
      await untilRoom(this.#outlet)
      await this.#follow(sub)
    }
    if (this.#subscriptions.size === 0) this.#finish()
  }

  async #follow(sub: Following): Promise<void> {
    const { door, reading } = this.#options
    const { channel, after } = sub
    try {
      const subscription = await subscribe(door.core, this.caller, { channel, after, last: null }, this.#outlet, {
        signals: reading.signals,
        presence: reading.presence && door.core.policies.of(channel)?.presence === true,
        demand: false,
        counted: true,
        onEnded: () => this.#ended(channel),
        onBroken: (error) => {
          door.core.report(error, 'catching a reader up')
          this.#finish()
        },
      })
      if (this.#isOver) subscription.feed.close()
      else this.#open(sub, subscription)
    } catch (error) {
      const failure = Failure.from(error)
      if (failure.code === 'internal' || failure.code === 'store_unavailable') {
        door.core.report(error, 'opening a stream')
        this.#finish()
      } else this.#outlet.send(endedFrame(channel, 'forbidden'))
    }
  }

  #open({ channel, after }: Following, subscription: Subscription): void {
    const { hub, feed, reason, epoch, cursor } = subscription
    // Named twice: the second replaces the first, as a second subscribe of a socket does.
    this.#subscriptions.get(channel)?.feed.close()
    this.#subscriptions.set(channel, subscription)
    if (reason !== null) this.#outlet.send(resetFrame(channel, reason, epoch, feed.cursor))
    else if (after === null) this.#outlet.send(standingFrame(channel, epoch, feed.cursor, cursor))
    this.#becomePresent(channel, feed)
    feed.begin()
    if (feed.isClosed) this.#subscriptions.delete(hub.channel)
  }

  #becomePresent(channel: string, feed: Feed): void {
    const { door, reading } = this.#options
    const { presences, limits, policies } = door.core
    if (!reading.presence || policies.of(channel)?.presence !== true) return
    const { user } = this.caller
    if (user !== null && reading.presentAs !== null)
      presences.hold(channel, user, reading.presentAs, limits.presenceSeconds * 1000, this)
    this.#outlet.send(presentFrame(channel, presences.snapshot(channel, feed)))
  }

  /** A channel ended; with the last one, so does the stream. */
  #ended(channel: string): void {
    this.#subscriptions.delete(channel)
    if (this.#subscriptions.size === 0) this.#finish()
  }

  beat(now: number): void {
    const { limits } = this.#options.door.core
    if (this.#outlet.stuckMs(now) > limits.stallSeconds * 1000) {
      this.#cut('the peer took nothing')
      return
    }
    if (now - this.#commentedAt >= limits.commentSeconds * 1000 && this.#outlet.hasRoom()) {
      this.#commentedAt = now
      this.#outlet.send(comment)
    }
    this.#lookAtExpiry()
  }

  #lookAtExpiry(): void {
    const { core } = this.#options.door
    if (this.caller.expiresAt === null) return
    const leftSeconds = (this.caller.expiresAt - core.clock.now()) / 1000
    if (leftSeconds <= -core.limits.leewaySeconds) this.#finish()
    else if (leftSeconds <= 30 && !this.#warned) {
      this.#warned = true
      this.#outlet.send(
        new Frame('expiring', JSON.stringify({ op: 'expiring', inSeconds: Math.max(0, Math.round(leftSeconds)) })),
      )
    }
  }

  get mute(): Socket {
    return this.#options.socket
  }

  lost(): void {
    this.#cut('the peer stopped answering')
  }

  #cut(why: string): void {
    const { door, socket } = this.#options
    const { user } = this.caller
    door.log.warn({ code: 4408, user, queued: this.#outlet.queuedBytes }, `ended a stream: ${why}`)
    door.metrics.closed(4408)
    socket.destroy()
  }

  goAway(reconnectInMs: number): void {
    this.#outlet.send(new Frame('goaway', JSON.stringify({ op: 'goaway', reconnectInMs })))
  }

  leave(): void {
    this.#finish()
  }

  revoke(): void {
    this.#finish()
  }

  #finish(): void {
    if (this.#isOver) return
    this.stop()
    this.#options.end()
  }

  stop(): void {
    if (this.#isOver) return
    this.#isOver = true
    const { door, reading } = this.#options
    door.readers.delete(this)
    this.#outlet.close()
    for (const [channel, { feed }] of this.#subscriptions) {
      feed.close()
      if (reading.presentAs !== null && this.caller.user !== null)
        door.core.presences.streamEnded(channel, this.caller.user, reading.presentAs, this)
    }
  }
}

const comment = new Frame('comment', '')

/** Where a reading from now begins, so that a cut before the first change loses nothing. */
function standingFrame(channel: string, epoch: string | null, head: number, cursor: string): Frame {
  const json = JSON.stringify({ op: 'changes', channel, from: head, to: head, epoch, changes: [] })
  return new Frame('changes', json, cursor)
}
