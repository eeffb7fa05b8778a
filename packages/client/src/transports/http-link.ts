import type { DownEvent, PresentUser } from '@dovetail/protocol'
import type { Stop } from '../clock.ts'
import { DovetailError } from '../errors.ts'
import { newKey } from '../key.ts'
import { lossByError } from '../loss.ts'
import type { Network } from '../network.ts'
import { nothing } from '../nothing.ts'
import { channelPath } from '../rest.ts'
import { join, presenceOf } from './join.ts'
import { followLongPoll } from './long-poll.ts'
import { followPoll } from './poll.ts'
import { type Follow, isNews, type Round } from './round.ts'
import { sharedFollow, type Tabs } from './shared-round.ts'
import { followSse } from './sse.ts'
import type { Command, Link, LinkEvents, Loss, SubscribeRequest, TransportName } from './transport.ts'

type HttpName = Exclude<TransportName, 'websocket'>

const follows: Record<HttpName, Follow> = { sse: followSse, 'long-poll': followLongPoll, poll: followPoll }

/** Changes of the set within so long share one new round. */
const gatherMs = 10
const renewPresenceMs = 10_000
/** For the word that the caller leaves: without it the server notices within its `presenceSeconds`. */
const leaveWithinMs = 2_000
/** Who is there is asked where no stream tells: so old is the answer at most. */
const lookAroundMs = 3_000
/** A round that failed after so long was cut on the way, which is normal: the next one begins at once. */
const longMs = 5_000
/** An answer within so long that brings nothing is no parked request. */
const hastyMs = 300
const poorRounds = 2

export function openHttp(name: HttpName, network: Network, events: LinkEvents): Link {
  return new HttpLink(name, network, events)
}

/** What servers know a client by that has no socket: the same over all its links, so that none of them leaves a second one behind. */
const clientIds = new WeakMap<Network, string>()

/** All subscriptions over plain requests: joined by polls and pages, then followed by one request at a time. */
class HttpLink implements Link {
  readonly name: HttpName
  readonly send = null
  readonly #network: Network
  readonly #events: LinkEvents
  readonly #client: string
  readonly #closing = new AbortController()
  /** What is asked for, what of it is followed, and what is about to be. */
  readonly #asked = new Map<string, SubscribeRequest>()
  readonly #joined = new Map<string, SubscribeRequest>()
  readonly #joining = new Map<string, SubscribeRequest>()
  readonly #states = new Map<string, unknown>()
  /** Where the caller was made present, and when it was last said so. */
  readonly #present = new Map<string, Promise<unknown>>()
  #round: AbortController | null = null
  #user: string | null = null
  #subject: string | null = null
  #poor = 0
  #alive = false
  #news = false
  #stopGather: Stop | null = null
  #stopRenew: Stop = nothing
  #stopLook: Stop = nothing

  constructor(name: HttpName, network: Network, events: LinkEvents) {
    this.name = name
    this.#network = network
    this.#events = events
    this.#client = clientIds.get(network) ?? newKey()
    clientIds.set(network, this.#client)
    this.#hello().catch((error: DovetailError) => this.#lose(error))
  }

  subscribe(request: SubscribeRequest): void {
    if (!request.presence) this.#leave(request.channel)
    this.#joined.delete(request.channel)
    this.#asked.set(request.channel, request)
    this.#joining.set(request.channel, request)
    this.#gather()
  }

  unsubscribe(channel: string): void {
    this.#leave(channel)
    this.#asked.delete(channel)
    this.#joining.delete(channel)
    this.#states.delete(channel)
    if (this.#joined.delete(channel)) this.#gather()
  }

  post(command: Command): void {
    if (command.op !== 'state') return
    this.#states.set(command.channel, command.state)
    void this.#renew(command.channel)
  }

  refresh(): void {
    this.#network.session.renew().then(() => this.#gather(), nothing)
  }

  /** The next round tells; there is none to wait for while one is asked for. */
  probe(): void {
    this.#gather()
  }

  close(): void {
    for (const channel of this.#present.keys()) this.#leave(channel)
    this.#end()
  }

  #end(): void {
    this.#stopGather?.()
    this.#stopRenew()
    this.#stopLook()
    this.#closing.abort()
    this.#round?.abort()
  }

  get #closed(): boolean {
    return this.#closing.signal.aborted
  }

  /** Tabs share what would stay open; a poll is over at once. */
  get #way(): Follow {
    const follow = follows[this.name]
    const tabs = this.name === 'poll' ? null : tabsOf()
    return tabs === null
      ? follow
      : sharedFollow(follow, `dovetail.${this.name} ${this.#network.url} ${this.#user}`, tabs)
  }

  /** Who the caller is, and whether the server is there at all. */
  async #hello(): Promise<void> {
    const { session, rest, clock } = this.#network
    const sentAt = clock.now()
    const token = await session.token()
    const path = token === null ? '/v1/limits' : '/v1/me'
    const answer = await rest.get<{ user?: string }>(path, { signal: this.#closing.signal })
    if (this.#closed) return
    this.#events.measured(clock.now() - sentAt)
    this.#user = token === null ? null : (answer.user ?? null)
    this.#subject = session.subject
    this.#events.ready()
    this.#events.opened(this.#user)
    this.#renewLater()
    if (this.name !== 'sse') this.#lookLater()
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
    // Before who is there is asked: the caller is.
    await Promise.all(requests.map((request) => request.presence && this.#renew(request.channel)))
    await join(this.#network, requests, this.#closing.signal, {
      subscribed: (request, ok) => {
        // It may have been left meanwhile, or asked for anew.
        if (this.#closed || this.#asked.get(request.channel) !== request) return
        this.#joined.set(request.channel, request)
        this.#events.subscribed(request, ok)
      },
      frame: (frame) => this.#closed || this.#events.frame(frame),
      refused: (request, error) => this.#closed || this.#events.refused(request, error),
    })
  }

  /** One round after the other, until the set changes. */
  async #follow(): Promise<void> {
    if (this.#closed) return
    this.#round?.abort()
    const control = new AbortController()
    this.#round = control
    while (!control.signal.aborted) {
      // A token that was renewed meanwhile may be another user's, for whom the connection starts anew.
      if (this.#network.session.subject !== this.#subject) return this.#lose(failed('another user'), 'told')
      const subs = this.#subs()
      if (Object.keys(subs).length === 0) return
      const startedAt = this.#network.clock.now()
      this.#news = false
      try {
        await this.#way(this.#roundOf(subs, control.signal))
        if (!control.signal.aborted) this.#judge(startedAt, null)
      } catch (cause) {
        if (!control.signal.aborted) this.#judge(startedAt, cause as DovetailError)
      }
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
      ...(requests.some((request) => request.presence) ? { presence: '1' } : {}),
    }
    const frame = (down: DownEvent) => this.#frame(down)
    const alive = () => {
      this.#alive = true
    }
    return { network: this.#network, over: this.name, subs, extras, signal, frame, alive }
  }

  #frame(frame: DownEvent): void {
    if (this.#closed) return
    this.#network.trace.tell('down', this.name, frame)
    if (isNews(frame)) this.#news = true
    switch (frame.op) {
      case 'expiring':
        this.refresh()
        return
      case 'goaway':
        return // The server ends the stream at this client's slot, and the next one begins.
      case 'ended':
        this.#joined.delete(frame.channel)
    }
    if (!('channel' in frame) || this.#joined.has(frame.channel) || frame.op === 'ended') this.#events.frame(frame)
  }

  /** Whether a round that ended makes a next one worth while, or shows that the transport does not work. */
  #judge(startedAt: number, error: DovetailError | null): void {
    const lasted = this.#network.clock.now() - startedAt
    const enough = error !== null || this.name === 'sse' ? longMs : hastyMs
    this.#poor = this.#news || lasted >= enough ? 0 : this.#poor + 1
    const passed = this.#alive || error === null
    if (!passed && error.code === 'network' && error.status === 0) this.#lose(error, 'silent')
    else if (!passed || (error !== null && error.code !== 'network')) this.#lose(error)
    else if (this.#poor > poorRounds) this.#lose(error ?? failed('answers come at once and bring nothing'))
  }

  /** Says again and again that the caller is still here. */
  #renewLater(): void {
    this.#stopRenew = this.#network.clock.after(renewPresenceMs, () => {
      for (const request of this.#joined.values()) if (request.presence) void this.#renew(request.channel)
      this.#renewLater()
    })
  }

  #lookLater(): void {
    this.#stopLook = this.#network.clock.after(lookAroundMs, () => {
      for (const request of this.#joined.values()) if (request.presence) this.#lookAround(request)
      this.#lookLater()
    })
  }

  #lookAround(request: SubscribeRequest): void {
    const tell = ({ presence }: { presence?: PresentUser[] }) =>
      presence && this.#frame({ op: 'presence', channel: request.channel, all: presence })
    presenceOf(this.#network, request, this.#closing.signal).then(tell, nothing)
  }

  async #renew(channel: string): Promise<void> {
    if (this.#user === null) return
    const state = this.#states.has(channel) ? { state: this.#states.get(channel) } : {}
    const path = `${channelPath(channel)}/presence`
    const renewed = this.#network.rest
      .ask('POST', path, { body: { client: this.#client, ...state }, signal: this.#closing.signal })
      .catch(nothing)
    this.#present.set(channel, renewed)
    await renewed
  }

  /** Whether or not the answer comes: what is said here is forgotten by the server in the end. */
  #leave(channel: string): void {
    const renewed = this.#present.get(channel)
    if (renewed === undefined) return
    this.#present.delete(channel)
    const options = { query: { client: this.#client }, timeoutMs: leaveWithinMs }
    const leave = () => this.#network.rest.ask('DELETE', `${channelPath(channel)}/presence`, options)
    renewed.then(leave).catch(nothing)
  }

  #lose(error: DovetailError, how: Loss['how'] = this.#alive ? 'died' : 'refused'): void {
    if (this.#closed) return
    // The server can't be told now, and the next link comes soon.
    this.#end()
    this.#events.lost(lossByError(error, how))
  }
}

/** Where a page can have sisters, and can talk to them. */
function tabsOf(): Tabs | null {
  const locks = globalThis.navigator?.locks
  if (globalThis.document === undefined || locks === undefined || globalThis.BroadcastChannel === undefined) return null
  return { locks, open: (name) => new BroadcastChannel(name) }
}

const failed = (detail: string) => new DovetailError('network', detail)
