/**
 * The link of the HTTP transports. All subscriptions of a client share one request at a time (a "round"): an event
 * stream, a long-poll, or a poll and the pause after it. A subscribe is composed of plain requests (join.ts) before
 * its channel becomes part of the next round.
 */
import type { DownEvent } from 'dovetail-protocol'
import { reconnectMs } from '../base/back-off.ts'
import type { Stop } from '../base/clock.ts'
import { DovetailError } from '../base/errors.ts'
import type { Network } from '../base/network.ts'
import { nothing } from '../base/nothing.ts'
import { pause } from '../base/pause.ts'
import { errorOfRefusal, type Symptom } from './connection-error.ts'
import { followerOf, type HttpName } from './follower.ts'
import { HttpPresence } from './http-presence.ts'
import { join } from './join.ts'
import { hasProgress, type Round } from './round.ts'
import type { Command, Link, LinkEvents, SubscribeRequest } from './transport.ts'

/** Changes of the set of channels within this time share one new round. */
const gatherMs = 10
/** A round that is cut after this time was probably ended by a proxy, which is normal: the next round follows. */
const longMs = 5_000
/** A long-poll answered within this time without changes did not wait as asked. */
const hastyMs = 300
/** How many such empty answers in a row are accepted. */
const emptyRounds = 2

export function openHttp(name: HttpName, network: Network, events: LinkEvents): Link {
  return new HttpLink(name, network, events)
}

class HttpLink implements Link {
  readonly name: HttpName
  readonly send = null
  readonly #network: Network
  readonly #events: LinkEvents
  readonly #presence: HttpPresence
  readonly #closing = new AbortController()
  /** The requested subscriptions: `#joined` holds the followed ones, `#joining` those that are being joined. */
  readonly #asked = new Map<string, SubscribeRequest>()
  readonly #joined = new Map<string, SubscribeRequest>()
  readonly #joining = new Map<string, SubscribeRequest>()
  #round: AbortController | null = null
  #user: string | null = null
  #subject: string | null = null
  #emptyRounds = 0
  /** Something arrived on this link. */
  #alive = false
  #progressed = false
  /** The server announced that it ends this stream at a moment of its own. */
  #hasSlot = false
  #stopGather: Stop | null = null

  constructor(name: HttpName, network: Network, events: LinkEvents) {
    this.name = name
    this.#network = network
    this.#events = events
    this.#presence = new HttpPresence(network, name, this.#closing.signal, (frame) => this.#receive(frame))
    this.#hello().catch((error: DovetailError) => this.#lose(error))
  }

  subscribe(request: SubscribeRequest): void {
    if (!request.presence) this.#presence.leave(request.channel)
    this.#joined.delete(request.channel)
    this.#asked.set(request.channel, request)
    this.#joining.set(request.channel, request)
    this.#gather()
  }

  unsubscribe(channel: string): void {
    this.#presence.leave(channel)
    this.#asked.delete(channel)
    this.#joining.delete(channel)
    if (this.#joined.delete(channel)) this.#gather()
  }

  post(command: Command): void {
    if (command.op === 'state') this.#presence.setState(command.channel, command.state)
  }

  refresh(): void {
    this.#network.signIn.renew().then(() => this.#gather(), nothing)
  }

  /** Checks the connection by starting a new round. */
  probe(): void {
    this.#gather()
  }

  close(): void {
    this.#presence.leaveAll()
    this.#end()
  }

  #end(): void {
    this.#stopGather?.()
    this.#presence.end()
    this.#closing.abort()
    this.#round?.abort()
  }

  get #closed(): boolean {
    return this.#closing.signal.aborted
  }

  /** Asks who the caller is and what the limits are, which also shows whether the server is reachable. */
  async #hello(): Promise<void> {
    const { signIn, rest, clock, limits } = this.#network
    const { signal } = this.#closing
    const sentAt = clock.now()
    const token = await signIn.token()
    const [me] = await Promise.all([
      token === null && !signIn.session ? null : this.#me(signal),
      token !== null && limits.known
        ? null
        : rest.get<Record<string, number>>('/v1/limits', { signal }).then((reported) => limits.learn(reported)),
    ])
    if (this.#closed) return
    this.#events.measured(clock.now() - sentAt)
    this.#user = me?.user ?? null
    this.#subject = signIn.subject
    this.#events.ready()
    this.#events.opened(this.#user)
    this.#presence.start(this.#user !== null, () =>
      [...this.#joined.values()].filter(({ presence }) => presence).map(({ channel }) => channel),
    )
  }

  /** The caller according to the server; null: a session may be over, and the caller anonymous. */
  async #me(signal: AbortSignal): Promise<{ user?: string } | null> {
    const { signIn, rest } = this.#network
    return rest.get<{ user?: string }>('/v1/me', { signal }).catch((error: DovetailError) => {
      if (error.code === 'unauthenticated' && signIn.session) return null
      throw error
    })
  }

  #gather(): void {
    if (this.#closed || this.#stopGather !== null) return
    this.#stopGather = this.#network.clock.after(gatherMs, () => {
      this.#stopGather = null
      this.#round?.abort()
      void this.#join().then(() => this.#follow())
    })
  }

  async #join(): Promise<void> {
    const requests = [...this.#joining.values()]
    this.#joining.clear()
    if (requests.length === 0) return
    // The caller becomes present before it reads the presence list, so that the list includes the caller.
    await Promise.all(requests.map((request) => request.presence && this.#presence.renew(request.channel)))
    await join(this.#network, requests, this.#closing.signal, {
      subscribed: (request, ok) => {
        // Meanwhile the channel may have been left, or subscribed again.
        if (this.#closed || this.#asked.get(request.channel) !== request) return
        this.#joined.set(request.channel, request)
        this.#events.subscribed(request, ok)
      },
      frame: (frame) => this.#closed || this.#events.frame(frame),
      refused: (request, error) => this.#closed || this.#events.refused(request, error),
    })
  }

  /** Runs one round after the other, until the set of channels changes. */
  async #follow(): Promise<void> {
    if (this.#closed) return
    this.#round?.abort()
    const control = new AbortController()
    this.#round = control
    while (!control.signal.aborted) {
      // A token that was renewed meanwhile may be another user's, for whom the connection begins anew.
      if (this.#network.signIn.subject !== this.#subject) return this.#lose(failed('another user'), 'reported')
      const subs = this.#subs()
      if (Object.keys(subs).length === 0) return
      const startedAt = this.#network.clock.now()
      this.#progressed = false
      this.#hasSlot = false
      const follow = followerOf(this.name, this.#network.url, this.#user)
      const error = await follow(this.#roundOf(subs, control.signal)).then(
        () => null,
        (cause: DovetailError) => cause,
      )
      if (!control.signal.aborted) await this.#judge(this.#network.clock.now() - startedAt, error, control.signal)
    }
  }

  #subs(): Record<string, string> {
    const channels = [...this.#joined.keys()]
    return Object.fromEntries(channels.map((channel) => [channel, this.#events.cursorOf(channel) ?? '0']))
  }

  #roundOf(subs: Record<string, string>, signal: AbortSignal): Round {
    const requests = [...this.#joined.values()]
    const extras = {
      ...(requests.some((request) => request.signals) ? { signals: '1' } : {}),
      ...(requests.some((request) => request.appends) ? { appends: '1' } : {}),
      ...(requests.some((request) => request.presence) ? { presence: '1' } : {}),
    }
    const frame = (down: DownEvent) => this.#receive(down)
    const alive = () => {
      this.#alive = true
      this.#presence.heard()
    }
    return { network: this.#network, over: this.name, subs, extras, signal, frame, alive }
  }

  #receive(frame: DownEvent): void {
    if (this.#closed) return
    this.#network.trace.record('down', this.name, frame)
    if (hasProgress(frame)) this.#progressed = true
    switch (frame.op) {
      case 'expiring':
        this.refresh()
        return
      case 'goaway':
        // The server ends the stream when this client's time has come, and the next round begins.
        this.#hasSlot = true
        return
      case 'ended':
        this.#joined.delete(frame.channel)
    }
    if (!('channel' in frame) || this.#joined.has(frame.channel) || frame.op === 'ended') this.#events.frame(frame)
  }

  /** Decides whether the next round follows, or the ended round shows that the link is lost. */
  async #judge(lastedMs: number, error: DovetailError | null, signal: AbortSignal): Promise<void> {
    if (error === null) {
      const isParked = lastedMs >= (this.name === 'sse' ? longMs : hastyMs)
      this.#emptyRounds = this.#progressed || isParked ? 0 : this.#emptyRounds + 1
      if (this.#emptyRounds > emptyRounds) this.#lose(failed('answers come at once and bring nothing'))
      return
    }
    const hasNoAnswer = error.code === 'network' && error.status === 0
    if (hasNoAnswer && this.#alive && (lastedMs >= longMs || this.#hasSlot)) {
      // All rounds end together when their server dies; a server that drains has given each its own moment.
      const { clock, random, limits } = this.#network
      await pause(clock, reconnectMs(0, random, { readers: this.#hasSlot ? 0 : limits.readers }), signal)
    } else this.#lose(error, hasNoAnswer && !this.#alive ? 'silent' : undefined)
  }

  #lose(error: DovetailError, symptom: Symptom = this.#alive ? 'cut' : 'refused'): void {
    if (this.#closed) return
    // The caller does not leave its channels: the next link comes soon, and continues its presence.
    this.#end()
    this.#events.lost(errorOfRefusal(error, symptom))
  }
}

const failed = (detail: string) => new DovetailError('network', detail)
