import type { AnyTypes, ChannelName } from 'dovetail-protocol'
import { type Clock, type Stop, systemClock } from './base/clock.ts'
import { DovetailError } from './base/errors.ts'
import { Listeners } from './base/listeners.ts'
import type { Growing, Network } from './base/network.ts'
import { Rest } from './base/rest.ts'
import { messageBytes, ServerLimits } from './base/server-limits.ts'
import { SignIn } from './base/sign-in.ts'
import { SilenceLimit } from './base/silence-limit.ts'
import type { SocketClass } from './base/socket.ts'
import { Trace, type TraceListener } from './base/trace.ts'
import { type Channel, openChannel } from './channel.ts'
import { Connection } from './connection/connection.ts'
import { watchDevice } from './connection/device-events.ts'
import { Fallback } from './connection/fallback.ts'
import { Subscriptions } from './connection/subscriptions.ts'
import type { ConnectionState } from './connection/transitions.ts'
import type { Engine } from './live/engine.ts'
import { type Requests, RestRequests } from './requests.ts'
import type { TransportName } from './transports/transport.ts'
import { Outbox } from './writes/outbox.ts'
import type { OutboxEntry } from './writes/outbox-entry.ts'
import type { OutboxStorage } from './writes/outbox-storage.ts'
import { OutboxStore } from './writes/outbox-store.ts'

export interface ClientOptions {
  /** The server's URL. Default: the page's origin. */
  readonly url?: string
  readonly token?: string
  /** Returns a valid token. Called at the start, and again when the token expires or the server refuses it. Null: anonymous. */
  readonly getToken?: () => Promise<string | null>
  /**
   * The application's own session says who the caller is: where there is no token, requests carry the page's cookies, to
   * another origin too. Default false.
   */
  readonly session?: boolean
  /** Default `auto`: the best transport that works. */
  readonly transport?: TransportName | 'auto'
  /** Keeps unacknowledged writes. Default: `localStorage` where there is one; null keeps them in memory. */
  readonly storage?: OutboxStorage | null
  /** The most unacknowledged writes that wait at once; one more is refused with `outbox_full`. Default 10,000. */
  readonly outboxLimit?: number
  readonly fetch?: typeof globalThis.fetch
  readonly WebSocket?: SocketClass
  readonly clock?: Clock
  /** 0 ≤ n < 1, for back-off. */
  readonly random?: () => number
  /** `growing` of `dovetail-client/growing`: what is appended to records comes as pieces, not as whole records. */
  readonly growing?: Growing
}

const defaultOutboxLimit = 10_000

/** Immutable; the same object until something changes. */
export type ClientState = ConnectionState & {
  /** The transport in use, or the one to be tried next. */
  readonly transport: TransportName
  /** The last measured round trip, in ms. */
  readonly rttMs: number | null
  readonly lastError: DovetailError | null
  /** The caller's user id according to the server; null until the server has sent it, and for an anonymous reader. */
  readonly user: string | null
}

export interface Client<Types = AnyTypes> extends Requests {
  readonly state: ClientState
  getSnapshot(): ClientState
  /** `listener` is called after each change of `state`. */
  subscribe(listener: () => void): Stop
  trace(listener: TraceListener): Stop
  /** With `Types`, a name whose namespace they do not have is an error of the compiler. */
  channel<Name extends string>(name: ChannelName<Types, Name>): Channel<Types, Name>
  /** Opens the connection although no channel is followed, so that writes use its socket. It stays open until `close`, or until the last followed channel is left. */
  connect(): void
  /** Continues with this token, also out of `auth_failed`. */
  signIn(token: string): void
  /** Forgets the token and the unsent writes, and closes. */
  signOut(): void
  /** Ends all timers, listeners and sockets, except for a running `getToken`. Unacknowledged writes stay in the storage. `code`: 1000 or 3000..4999; `reason`: up to 123 bytes. Throws `misuse` for other values. */
  close(code?: number, reason?: string): void
}

/** Creates a client. It connects when the first channel is followed. */
export function createClient<Types = AnyTypes>(options: ClientOptions = {}): Client<Types> {
  return new DovetailClient<Types>(options)
}

class DovetailClient<Types> extends RestRequests implements Client<Types> {
  readonly #engine: Engine
  readonly #changes = new Listeners()
  readonly #stopWatching: Stop
  #state: ClientState | null = null

  constructor(options: ClientOptions) {
    const network = networkOf(options)
    super(network.rest)
    const subscriptions: Subscriptions = new Subscriptions(network, (wanted) => connection.want(wanted))
    const fallback = new Fallback(options.transport)
    const connection = new Connection(network, fallback, subscriptions, () => this.#changed())
    const storage = options.storage === undefined ? localStorageOf() : options.storage
    const store = new OutboxStore<OutboxEntry>(network.url, storage)
    const outbox = new Outbox({
      network,
      connection,
      store,
      limit: options.outboxLimit ?? defaultOutboxLimit,
      origin: (channel) => subscriptions.originOf(channel),
    })
    this.#engine = { network, connection, subscriptions, outbox }
    this.#stopWatching = watchDevice((event) => {
      if (event === 'suspend') outbox.suspend()
      if (event === 'resume') outbox.resume()
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

  channel<Name extends string>(name: ChannelName<Types, Name>): Channel<Types, Name> {
    return openChannel(this.#engine, name)
  }

  connect(): void {
    this.#engine.connection.want(true)
  }

  signIn(token: string): void {
    const { network, connection, subscriptions } = this.#engine
    network.signIn.replace(token)
    connection.signIn()
    subscriptions.revive()
  }

  signOut(): void {
    const { network, outbox } = this.#engine
    outbox.forget()
    network.signIn.replace(null)
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

  #changed(): void {
    const before = this.#state?.name
    this.#state = null
    const { outbox, subscriptions } = this.#engine
    const { name } = this.state
    if (before !== name) {
      outbox.connectionChanged()
      subscriptions.stateChanged()
    }
    this.#changes.notify()
  }
}

/** Throws `misuse` for a close code that cannot be sent: 1005, 1006 and 1015 never can, and browsers allow only 1000 below 3000. */
function checkClose(code: number, reason: string): void {
  const isCode = code === 1000 || (code >= 3000 && code <= 4999)
  if (!isCode || messageBytes(reason) > 123) throw new DovetailError('misuse', 'code or reason')
}

function networkOf(options: ClientOptions): Network {
  const url = (options.url ?? globalThis.location?.origin ?? '').replace(/\/+$/, '')
  if (url === '') throw new DovetailError('misuse', 'url')
  const clock = options.clock ?? systemClock
  const signIn = new SignIn(options.token, options.getToken, options.session === true, clock)
  const trace = new Trace(clock.now)
  return {
    url,
    signIn,
    limits: new ServerLimits(),
    silence: new SilenceLimit(),
    rest: new Rest(url, options.fetch ?? globalThis.fetch, signIn, clock, trace),
    WebSocket: options.WebSocket ?? globalThis.WebSocket,
    clock,
    random: options.random ?? Math.random,
    trace,
    growing: options.growing,
  }
}

/** The page's `localStorage`; null when there is none or the page may not use it. Node 26 warns whoever looks at its own. */
function localStorageOf(): OutboxStorage | null {
  try {
    return globalThis.document === undefined ? null : (globalThis.localStorage ?? null)
  } catch {
    return null
  }
}
