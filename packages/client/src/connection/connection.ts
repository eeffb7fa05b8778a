import type { Stop } from '../base/clock.ts'
import { DovetailError } from '../base/errors.ts'
import type { Network } from '../base/network.ts'
import { nothing } from '../base/nothing.ts'
import type { ConnectionError } from '../transports/connection-error.ts'
import { openLink } from '../transports/open-link.ts'
import type { Link, LinkEvents, TransportName } from '../transports/transport.ts'
import { type Fallback, healthyAfterMs } from './fallback.ts'
import { Recovery } from './recovery.ts'
import { type ConnectionEvent, type ConnectionState, type StateName, transitions } from './transitions.ts'

/** The user of the connection's link: the subscriptions. */
export interface LinkUser extends Pick<LinkEvents, 'frame' | 'subscribed' | 'refused' | 'cursorOf'> {
  /** Called with a link that accepts subscribes from now on, or with null when there is no link any more. */
  linked(link: Link | null): void
}

/** A device that reports `offline` still tries to connect this often, since some devices report it wrongly. */
const offlineCheckMs = 30_000

/** Keeps one link open while any channel is followed. transitions.ts draws its states and events. */
export class Connection {
  readonly #network: Network
  readonly #fallback: Fallback
  readonly #linkUser: LinkUser
  readonly #recovery: Recovery
  readonly #changed: () => void
  #state: ConnectionState = { name: 'idle' }
  #link: Link | null = null
  #openedAt = 0
  #wanted = false
  #stopTimer: Stop = nothing
  #stopHealth: Stop = nothing
  #stopProbe: Stop = nothing
  user: string | null = null
  rttMs: number | null = null
  lastError: DovetailError | null = null

  constructor(network: Network, fallback: Fallback, linkUser: LinkUser, changed: () => void) {
    this.#network = network
    this.#fallback = fallback
    this.#linkUser = linkUser
    this.#changed = changed
    this.#recovery = new Recovery(network, fallback, {
      isWanted: () => this.#wanted,
      step: (...event) => this.#step(...event),
      changed,
    })
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

  /** An event of the device (device-events.ts). */
  device(event: 'online' | 'offline' | 'resume' | 'suspend'): void {
    if (event === 'online') {
      this.#recovery.startOver()
      if (this.#state.name === 'open') this.#probeUpgrade(true)
      else this.#fallback.restart()
    }
    if (this.#state.name === 'open' && event !== 'suspend') this.#link?.probe()
    this.#step(event)
  }

  /** Uses a new token: on the open link, or to leave `auth_failed`. A link belongs to one user, so another user's token opens another link. */
  signIn(): void {
    this.#recovery.startOver(true)
    if (this.open && this.#network.signIn.subject === this.user) this.#link?.refresh()
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
    const linkUser = this.#linkUser
    const own = () => this.#link === link()
    return {
      ready: () => own() && linkUser.linked(link()),
      opened: (user) => {
        if (!own()) return
        this.user = user
        this.#step('opened')
      },
      measured: (rttMs) => {
        this.rttMs = rttMs
        this.#changed()
      },
      frame: (frame) => own() && linkUser.frame(frame),
      subscribed: (request, ok) => own() && linkUser.subscribed(request, ok),
      refused: (request, error) => own() && linkUser.refused(request, error),
      cursorOf: (channel) => linkUser.cursorOf(channel),
      lost: (error) => own() && this.#lost(error),
    }
  }

  #opened(): void {
    this.#openedAt = this.#network.clock.now()
    this.#stopHealth = this.#network.clock.after(healthyAfterMs, () => {
      this.#recovery.succeeded()
      this.lastError = null
      this.#changed()
    })
    this.#probeUpgrade(false)
  }

  #lost(lost: ConnectionError): void {
    const livedMs = this.#state.name === 'open' ? this.#network.clock.now() - this.#openedAt : 0
    this.#drop()
    this.lastError = lost.error
    this.#recovery.lost(lost, livedMs)
  }

  /** Probes better transports while the link stays open. This code is loaded with the HTTP transports, since most pages never need it. */
  #probeUpgrade(now: boolean): void {
    const link = this.#link
    this.#stopProbe()
    if (link === null || this.#fallback.betterTransports.length === 0) return
    import('./upgrade-probe.ts').then(({ UpgradeProbe }) => {
      if (this.#link !== link) return
      const probe = new UpgradeProbe(
        this.#network,
        this.#fallback,
        (late) => this.#eventsFor(late),
        (better) => this.#adopt(better),
      )
      probe.start(now)
      this.#stopProbe = () => probe.stop()
    }, nothing) // Where it can't be loaded now, the living link stays.
  }

  #adopt(link: Link): void {
    this.#stopProbe = nothing
    this.#linkUser.linked(link)
    // After the new link took over, so that a caller who is present does not leave in between.
    this.#link?.close()
    this.#link = link
    this.#openedAt = this.#network.clock.now()
    // It is better than the former one, but may not be the best.
    this.#probeUpgrade(false)
    this.#changed()
  }

  #drop(code?: number, reason?: string): void {
    for (const stop of [this.#stopTimer, this.#stopHealth, this.#stopProbe]) stop()
    const link = this.#link
    this.#link = null
    link?.close(code, reason)
    if (link !== null) this.#linkUser.linked(null)
    this.rttMs = null
  }
}
