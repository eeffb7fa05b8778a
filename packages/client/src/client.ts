import type { ChannelList, LiveRecord, Me, Profile } from '@dovetail/protocol'
import { type Channel, openChannel } from './channel.ts'
import { type Clock, type Stop, systemClock } from './clock.ts'
import { Connection } from './connection.ts'
import type { Engine } from './engine.ts'
import { DovetailError } from './errors.ts'
import { Fallback } from './fallback.ts'
import { Listeners } from './listeners.ts'
import type { Network } from './network.ts'
import { Outbox, type OutboxEntry } from './outbox.ts'
import { type OutboxStorage, OutboxStore } from './outbox-store.ts'
import { Rest } from './rest.ts'
import { Session } from './session.ts'
import { Subscriptions } from './subscriptions.ts'
import { Trace, type TraceListener } from './trace.ts'
import type { ConnectionState } from './transitions.ts'
import type { TransportName } from './transports/transport.ts'
import type { AnyTypes } from './types.ts'
import { watchDevice } from './wake.ts'
import { Writer } from './writer.ts'

export interface ClientOptions {
  /** Where the server is. Default: the page's origin. */
  readonly url?: string
  readonly token?: string
  /** Asked for a valid token at the start, and again when the server refuses or the token expires. */
  readonly getToken?: () => Promise<string | null>
  /** Default `auto`: the best that works here. */
  readonly transport?: TransportName | 'auto'
  /** Keeps unacknowledged writes. Default: `localStorage` where there is one; null keeps them in memory. */
  readonly storage?: OutboxStorage | null
  readonly fetch?: typeof globalThis.fetch
  readonly WebSocket?: typeof globalThis.WebSocket
  readonly clock?: Clock
  /** 0 ≤ n < 1, for back-off. */
  readonly random?: () => number
}

/** Immutable; the same object until something changes. */
export type ClientState = ConnectionState & {
  /** The one in use, or the one to be tried next. */
  readonly transport: TransportName
  /** The last measured round trip. */
  readonly rttMs: number | null
  readonly lastError: DovetailError | null
  /** Who the server says the caller is; null before it was told, and for an anonymous reader. */
  readonly user: string | null
}

export interface SearchOptions {
  readonly channel?: string
  readonly collection?: string
  readonly limit?: number
  readonly after?: string
  readonly signal?: AbortSignal
}
export interface SearchHit<Data = Record<string, unknown>> {
  readonly channel: string
  readonly collection: string
  readonly record: LiveRecord<Data>
  /** `marks` are [from, to) offsets into `text`. */
  readonly snippet: { readonly text: string; readonly marks: readonly (readonly [number, number])[] }
}
export interface SearchPage {
  readonly hits: readonly SearchHit[]
  readonly after: string | null
}

/** One of the caller's channels. `unread` is capped at 100. */
export interface MyChannel {
  readonly channel: string
  readonly head: number
  readonly read: number
  readonly unread: number
}

export interface ChannelsOptions {
  readonly prefix?: string
  readonly limit?: number
  readonly after?: string
}

export interface Client<Types = AnyTypes> {
  readonly state: ClientState
  getSnapshot(): ClientState
  /** `listener` is called after each change of `state`. */
  subscribe(listener: () => void): Stop
  trace(listener: TraceListener): Stop
  me(): Promise<Me>
  updateMe(patch: { name?: string; avatar?: string | null; about?: string | null }): Promise<Me>
  user(user: string): Promise<Profile>
  search(query: string, options?: SearchOptions): Promise<SearchPage>
  channels(options?: ChannelsOptions): Promise<ChannelList>
  myChannels(): Promise<MyChannel[]>
  markRead(channel: string, pos: number): Promise<void>
  limits(): Promise<Record<string, number>>
  channel<Name extends string>(name: Name): Channel<Types, Name>
  /** Opens the connection though nothing is followed, so that writes go over its socket, until `close` or the last channel is left. */
  connect(): void
  /** Goes on with this token; also out of `auth_failed`. */
  signIn(token: string): void
  /** Forgets the token and the unsent writes, and closes. */
  signOut(): void
  /** Leaves nothing behind: no timer, listener or socket, but for a `getToken` under way. Unacknowledged writes stay in the storage. A code must be 1000 or 3000..4999. */
  close(code?: number, reason?: string): void
}

/** Opens nothing by itself: the connection begins with the first channel that is followed. */
export function createClient<Types = AnyTypes>(options: ClientOptions = {}): Client<Types> {
  return new DovetailClient<Types>(options)
}

class DovetailClient<Types> implements Client<Types> {
  readonly #engine: Engine
  readonly #changes = new Listeners()
  readonly #stopWatching: Stop
  #state: ClientState | null = null

  constructor(options: ClientOptions) {
    const network = networkOf(options)
    const subscriptions: Subscriptions = new Subscriptions(network, (wanted) => connection.want(wanted))
    const fallback = new Fallback(options.transport)
    const connection = new Connection(network, fallback, subscriptions, () => this.#changed())
    const writer = new Writer(network, connection)
    const storage = options.storage === undefined ? localStorageOf() : options.storage
    const store = new OutboxStore<OutboxEntry>(network.url, storage)
    const outbox = new Outbox(network, connection, writer, store, (channel) => subscriptions.originOf(channel))
    this.#engine = { network, connection, subscriptions, writer, outbox }
    this.#stopWatching = watchDevice((event) => {
      if (event === 'suspend') outbox.suspend()
      if (event === 'wake') outbox.resume()
      connection.device(event)
    })
  }

  get state(): ClientState {
    return this.getSnapshot()
  }

  getSnapshot(): ClientState {
    const { connection } = this.#engine
    const { transport, rttMs, lastError, user } = connection
    this.#state ??= { ...connection.state, transport, rttMs, lastError, user }
    return this.#state
  }

  subscribe(listener: () => void): Stop {
    return this.#changes.add(listener)
  }

  trace(listener: TraceListener): Stop {
    return this.#engine.network.trace.listen(listener)
  }

  me(): Promise<Me> {
    return this.#get('/v1/me')
  }

  async updateMe(body: Parameters<Client['updateMe']>[0]): Promise<Me> {
    return (await this.#engine.network.rest.ask('PATCH', '/v1/me', { body })).body as Me
  }

  user(user: string): Promise<Profile> {
    return this.#get(`/v1/users/${encodeURIComponent(user)}`)
  }

  search(q: string, { signal, ...query }: SearchOptions = {}): Promise<SearchPage> {
    return this.#engine.network.rest.get('/v1/search', { query: { q, ...query }, signal })
  }

  channels(options: ChannelsOptions = {}): Promise<ChannelList> {
    return this.#engine.network.rest.get('/v1/channels', { query: { ...options } })
  }

  async myChannels(): Promise<MyChannel[]> {
    return (await this.#get<{ channels: MyChannel[] }>('/v1/me/channels')).channels
  }

  async markRead(channel: string, pos: number): Promise<void> {
    await this.#engine.network.rest.ask('PUT', `/v1/me/channels/${encodeURIComponent(channel)}`, {
      body: { read: pos },
    })
  }

  limits(): Promise<Record<string, number>> {
    return this.#get('/v1/limits')
  }

  channel<Name extends string>(name: Name): Channel<Types, Name> {
    return openChannel(this.#engine, name)
  }

  connect(): void {
    this.#engine.connection.want(true)
  }

  signIn(token: string): void {
    const { network, connection, subscriptions } = this.#engine
    network.session.replace(token)
    connection.signIn()
    subscriptions.revive()
  }

  signOut(): void {
    const { network, outbox } = this.#engine
    outbox.forget()
    network.session.replace(null)
    this.close()
  }

  close(code = 1000, reason = ''): void {
    checkClose(code, reason)
    const { connection, subscriptions, outbox, network } = this.#engine
    this.#stopWatching()
    connection.close(code, reason)
    subscriptions.close()
    outbox.close()
    network.trace.clear()
    this.#changes.clear()
  }

  #get<Body>(path: string): Promise<Body> {
    return this.#engine.network.rest.get<Body>(path)
  }

  #changed(): void {
    const before = this.#state?.name
    this.#state = null
    const { outbox, subscriptions } = this.#engine
    const { name } = this.state
    if (before !== name) {
      if (name === 'open') outbox.opened()
      subscriptions.stateChanged()
    }
    this.#changes.tell()
  }
}

/** 1005, 1006 and 1015 are never sent by anyone, and a browser takes no other code below 3000. */
function checkClose(code: number, reason: string): void {
  if (code !== 1000 && !(code >= 3000 && code <= 4999)) {
    throw new DovetailError('misuse', 'code: 1000 or 3000 to 4999')
  }
  if (new TextEncoder().encode(reason).length > 123) throw new DovetailError('misuse', 'reason: up to 123 bytes')
}

function networkOf(options: ClientOptions): Network {
  const url = (options.url ?? globalThis.location?.origin ?? '').replace(/\/+$/, '')
  if (url === '') throw new DovetailError('misuse', 'no url')
  const clock = options.clock ?? systemClock
  const session = new Session(options.token, options.getToken, clock)
  const trace = new Trace(clock.now)
  return {
    url,
    session,
    rest: new Rest(url, options.fetch ?? globalThis.fetch, session, clock, trace),
    WebSocket: options.WebSocket ?? globalThis.WebSocket,
    clock,
    random: options.random ?? Math.random,
    trace,
  }
}

/** Null where there is none, or where the page may not use it. */
function localStorageOf(): OutboxStorage | null {
  try {
    return globalThis.localStorage ?? null
  } catch {
    return null
  }
}
