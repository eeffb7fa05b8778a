import { backOffMs } from './back-off.ts'
import type { Stop } from './clock.ts'
import { DovetailError } from './errors.ts'
import { type Fallback, healthyAfterMs } from './fallback.ts'
import type { Network } from './network.ts'
import { nothing } from './nothing.ts'
import { type ConnectionEvent, type ConnectionState, type StateName, transitions } from './transitions.ts'
import { openLink } from './transports/open-link.ts'
import type { Link, LinkEvents, Loss, TransportName } from './transports/transport.ts'

/** What the connection carries: the subscriptions. */
export interface Passenger extends Pick<LinkEvents, 'frame' | 'subscribed' | 'refused' | 'cursorOf'> {
  /** A link takes subscribes from now on; null: there is none. */
  linked(link: Link | null): void
}

/** Also behind "offline", since some devices say so while they are not. */
const offlineCheckMs = 30_000
/** A token that was refused is renewed once; again only after a connection that lasted so long. */
const renewedAgainAfterMs = 60_000
const renewAgainMs = 30_000

/** Keeps one link alive while somebody follows something. States and events: transitions.ts. */
export class Connection {
  readonly #network: Network
  readonly #fallback: Fallback
  readonly #passenger: Passenger
  readonly #changed: () => void
  #state: ConnectionState = { name: 'idle' }
  #link: Link | null = null
  #openedAt = 0
  #failures = 0
  #renewed = false
  #wanted = false
  #stopTimer: Stop = nothing
  #stopHealth: Stop = nothing
  #stopProbe: Stop = nothing
  user: string | null = null
  rttMs: number | null = null
  lastError: DovetailError | null = null

  constructor(network: Network, fallback: Fallback, passenger: Passenger, changed: () => void) {
    this.#network = network
    this.#fallback = fallback
    this.#passenger = passenger
    this.#changed = changed
  }

  get state(): ConnectionState {
    return this.#state
  }

  get transport(): TransportName {
    return this.#link?.name ?? this.#fallback.current
  }

  /** The link, while it is open. */
  get open(): Link | null {
    return this.#state.name === 'open' ? this.#link : null
  }

  want(wanted: boolean): void {
    this.#wanted = wanted
    this.#step(wanted ? 'want' : 'unwant')
  }

  /** What the device says (wake.ts). */
  device(event: 'online' | 'offline' | 'wake' | 'suspend'): void {
    if (event === 'online') {
      this.#failures = 0
      if (this.#state.name === 'open') this.#lookUp(true)
      else this.#fallback.restart()
    }
    if (this.#state.name === 'open' && event !== 'suspend') this.#link?.probe()
    this.#step(event)
  }

  /** A new token: used on the living link, or to come out of `auth_failed`. A link is one user's: for another one it begins anew. */
  signIn(): void {
    this.#renewed = false
    this.#failures = 0
    if (this.open && this.#network.session.subject === this.user) this.#link?.refresh()
    else {
      this.user = null
      this.#drop()
      this.#step('lost')
    }
    this.#step('credentials')
    if (!this.#wanted) this.#step('unwant')
  }

  close(code?: number, reason?: string): void {
    this.#drop(code, reason)
    this.#step('close')
  }

  #step(event: ConnectionEvent, retryInMs = 0, error: DovetailError | null = null): void {
    const from = this.#state.name
    const to = transitions[from][event]
    if (to === from) return
    this.#stopTimer()
    this.#state = this.#stateOf(to, retryInMs, error)
    this.#enter(to, retryInMs)
    this.#changed()
  }

  #stateOf(name: StateName, retryInMs: number, error: DovetailError | null): ConnectionState {
    switch (name) {
      case 'waiting':
        return { name, retryAt: this.#network.clock.now() + retryInMs }
      case 'auth_failed':
        return { name, error: error ?? new DovetailError('unauthenticated', 'refused') }
      case 'closed':
        return { name, error }
      default:
        return { name }
    }
  }

  #enter(name: StateName, retryInMs: number): void {
    switch (name) {
      case 'connecting':
        this.#connect()
        return
      case 'open':
        this.#opened()
        return
      case 'waiting':
        this.#stopTimer = this.#network.clock.after(retryInMs, () => this.#step('due'))
        return
      case 'offline':
        this.#drop()
        this.#stopTimer = this.#network.clock.after(offlineCheckMs, () => this.#step('due'))
        return
      case 'idle':
      case 'auth_failed':
      case 'closed':
        this.#drop()
        return
    }
  }

  #connect(): void {
    this.#drop()
    const link: Link = openLink(
      this.#fallback.current,
      this.#network,
      this.#eventsFor(() => link),
    )
    this.#link = link
  }

  /** Events of a link count only while it is the connection's own. */
  #eventsFor(link: () => Link): LinkEvents {
    const passenger = this.#passenger
    const own = () => this.#link === link()
    return {
      ready: () => own() && passenger.linked(link()),
      opened: (user) => {
        if (!own()) return
        this.user = user
        this.#step('opened')
      },
      measured: (rttMs) => {
        this.rttMs = rttMs
        this.#changed()
      },
      frame: (frame) => own() && passenger.frame(frame),
      subscribed: (request, ok) => own() && passenger.subscribed(request, ok),
      refused: (request, error) => own() && passenger.refused(request, error),
      cursorOf: (channel) => passenger.cursorOf(channel),
      lost: (loss) => own() && this.#lost(loss),
    }
  }

  #opened(): void {
    this.#openedAt = this.#network.clock.now()
    this.#stopHealth = this.#network.clock.after(healthyAfterMs, () => {
      this.#failures = 0
      this.#fallback.failures = {}
      this.lastError = null
      this.#changed()
    })
    this.#lookUp(false)
  }

  #lost(loss: Loss): void {
    const livedMs = this.#state.name === 'open' ? this.#network.clock.now() - this.#openedAt : 0
    this.#drop()
    this.lastError = loss.error
    if (livedMs >= renewedAgainAfterMs) this.#renewed = false
    switch (loss.next) {
      case 'denied':
        this.#step('denied', 0, loss.error)
        return
      case 'fatal':
        this.#step('fatal', 0, loss.error)
        return
      case 'fresh_token':
        this.#renew(loss)
        return
      case 'retry':
        this.#retry(loss)
        if (this.#fallback.suspects(loss, livedMs)) this.#suspect(loss)
    }
  }

  #retry(loss: Loss): void {
    const prompt = loss.delayMs === 0 && this.#failures === 0
    this.#step('lost', prompt ? 0 : backOffMs(this.#failures, this.#network.random, loss.delayMs))
    this.#failures += 1
    if (globalThis.navigator?.onLine === false) this.#step('offline')
  }

  #renew(loss: Loss): void {
    const { session } = this.#network
    if (this.#renewed || !session.canRenew) {
      this.#step('denied', 0, loss.error)
      return
    }
    this.#step('lost', renewAgainMs)
    session.instead().then(
      () => {
        this.#renewed = true
        this.#step('due')
      },
      nothing, // The token's source can't be reached: neither accepted nor refused, so it is asked again.
    )
  }

  #suspect(loss: Loss): void {
    import('./suspicion.ts')
      .then(({ suspect }) => suspect(this.#network, this.#fallback, loss))
      .then((moved) => {
        if (!moved || !this.#wanted) return
        this.#failures = 0
        this.#changed()
        this.#step('due')
      }, nothing)
  }

  /** Looks for a better transport beside the living link. Loaded when there is a better one: most pages never do. */
  #lookUp(now: boolean): void {
    const link = this.#link
    this.#stopProbe()
    if (link === null || this.#fallback.above.length === 0) return
    import('./look-up.ts').then(
      ({ LookUp }) => {
        if (this.#link !== link) return
        const looker = new LookUp(
          this.#network,
          this.#fallback,
          (late) => this.#eventsFor(late),
          (better) => this.#adopt(better),
        )
        looker.start(now)
        this.#stopProbe = () => looker.stop()
      },
      nothing, // The code can't be loaded now: the living link goes on.
    )
  }

  #adopt(link: Link): void {
    this.#stopProbe = nothing
    this.#passenger.linked(link)
    // Only now, so that a caller who is present does not leave in between.
    this.#link?.close()
    this.#link = link
    this.#changed()
  }

  #drop(code?: number, reason?: string): void {
    for (const stop of [this.#stopTimer, this.#stopHealth, this.#stopProbe]) stop()
    const link = this.#link
    this.#link = null
    link?.close(code, reason)
    if (link !== null) this.#passenger.linked(null)
    this.rttMs = null
  }
}
