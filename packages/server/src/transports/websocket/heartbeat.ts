/**
 * Whether the peer lives, reads, and is still allowed: checked on each tick of the node's one ticker, so
 * that a connection has no timer. All durations in monotonic milliseconds.
 */
import type { CloseCode } from 'dovetail-protocol'
import type { PresenceVerbContext } from '../../core/presence/context.ts'
import { becomePresent } from '../../core/presence/presence-verbs.ts'
import { expiringFrame } from '../../wire/frames.ts'
import type { JsonText } from '../../wire/json-text.ts'
import type { SocketOutlet } from '../connections/socket-outlet.ts'
import { tokenExpiry } from '../connections/token-expiry.ts'
import type { ConnectionSession } from './session/connection-session.ts'

/** The connection that is checked. It is passed as an object: thousands are idle, and closures for each would cost memory. */
export interface Vital {
  readonly session: ConnectionSession
  readonly outlet: SocketOutlet
  /** Nothing is read from the peer now. */
  readonly isPaused: boolean
  ping(): void
  send(text: JsonText): void
  close(code: CloseCode, reason: string): void
}

/** How long a peer may take to answer a close frame, in ms. */
const closeMs = 5000

export class Heartbeat {
  readonly #core: PresenceVerbContext
  readonly #peer: Vital
  readonly #openedAt: number
  #heardAt: number
  #pingedAt: number
  /** How long the pong has been due, without the time in which other bytes waited to be sent; `null`: none is due. */
  #pongDueMs: number | null = null
  #beatAt: number
  #warned = false
  #closingSince: number | null = null
  #silentIn: readonly string[] = []

  constructor(core: PresenceVerbContext, peer: Vital) {
    this.#core = core
    this.#peer = peer
    this.#openedAt = core.clock.monotonic()
    this.#heardAt = this.#openedAt
    this.#pingedAt = this.#openedAt
    this.#beatAt = this.#openedAt
  }

  /** Called when anything comes from the peer. */
  heard(): void {
    this.#heardAt = this.#core.clock.monotonic()
    this.#pongDueMs = null
    if (this.#silentIn.length === 0) return
    const { session } = this.#peer
    for (const channel of this.#silentIn) {
      const subscribed = session.subscriptions.get(channel)
      if (subscribed === undefined) continue
      // The peer has received its own leave, so it needs the whole presence list again.
      becomePresent(this.#core, session, channel, subscribed.feed)
      this.#core.presences.sendList(channel, subscribed.feed)
    }
    this.#silentIn = []
  }

  /** A token was accepted: the client is warned again before this one ends. */
  welcomed(): void {
    this.#warned = false
  }

  closing(): void {
    this.#closingSince = this.#core.clock.monotonic()
  }

  isOverdueToEnd(now: number): boolean {
    return this.#closingSince !== null && now - this.#closingSince > closeMs
  }

  beat(now: number, isReady: boolean): void {
    const peer = this.#peer
    const { limits } = this.#core
    const passedMs = now - this.#beatAt
    this.#beatAt = now
    if (!isReady && now - this.#openedAt > limits.helloSeconds * 1000) {
      peer.close(4401, 'no hello in time')
      return
    }
    if (peer.outlet.stuckMs(now) > limits.stallSeconds * 1000) {
      peer.close(4408, 'the peer took nothing')
      return
    }
    if (this.#isPongOverdue(passedMs)) {
      peer.close(4408, 'the peer stopped answering')
      return
    }
    this.#pingWhenDue(now)
    if (now - this.#heardAt > limits.presenceSeconds * 1000) this.#silence()
    this.#checkExpiry()
  }

  #isPongOverdue(passedMs: number): boolean {
    if (this.#pongDueMs === null) return false
    // While bytes wait to be sent, the ping waits too: then only the write stall counts. While nothing is read, neither
    // is the pong.
    if (this.#peer.outlet.queuedBytes === 0 && !this.#peer.isPaused) this.#pongDueMs += passedMs
    return this.#pongDueMs > this.#core.limits.pongSeconds * 1000
  }

  #pingWhenDue(now: number): void {
    if (now - this.#pingedAt < this.#core.limits.pingSeconds * 1000 || !this.#peer.outlet.canWrite()) return
    this.#pingedAt = now
    this.#pongDueMs ??= 0
    this.#peer.ping()
  }

  #silence(): void {
    const left = this.#peer.session.fallSilent(this.#core)
    if (left.length > 0) this.#silentIn = [...this.#silentIn, ...left]
  }

  #checkExpiry(): void {
    const expiry = tokenExpiry(this.#core, this.#peer.session.caller)
    if (expiry === 'expired') {
      this.#peer.close(4401, 'the token has expired')
      return
    }
    if (expiry === 'far' || this.#warned) return
    this.#warned = true
    this.#peer.send(expiringFrame(expiry).json)
  }
}
