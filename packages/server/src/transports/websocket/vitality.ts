/**
 * Whether the peer lives, reads, and is still allowed: looked at on each beat of the one pulse, so
 * that a connection has no timer. All durations in monotonic milliseconds.
 */
import type { CloseCode } from '@dovetail/protocol'
import type { Core } from '../../core/core.ts'
import { presentFrame } from '../../core/notices.ts'
import { becomePresent } from '../../core/present.ts'
import type { Session } from '../../core/session.ts'
import type { SocketOutlet } from '../socket-outlet.ts'

/** The connection that is looked after. It is given as it is: thousands are idle, and closures of each would weigh. */
export interface Vital {
  readonly session: Session
  readonly outlet: SocketOutlet
  ping(): void
  send(text: string): void
  close(code: CloseCode, reason: string): void
}

/** How long a peer has for its half of a close. */
const closeMs = 5000
/** How long before a token's end the client is asked for another one. */
const expiringSeconds = 30

export class Vitality {
  readonly #core: Core
  readonly #peer: Vital
  readonly #openedAt: number
  #heardAt: number
  #pingedAt: number
  /** How long the pong has been due while nothing was in its way; `null`: none is due. */
  #pongDueMs: number | null = null
  #beatAt: number
  #warned = false
  #closingSince: number | null = null
  #silentIn: readonly string[] = []

  constructor(core: Core, peer: Vital) {
    this.#core = core
    this.#peer = peer
    this.#openedAt = core.clock.monotonic()
    this.#heardAt = this.#openedAt
    this.#pingedAt = this.#openedAt
    this.#beatAt = this.#openedAt
  }

  /** Anything came from the peer. */
  heard(): void {
    this.#heardAt = this.#core.clock.monotonic()
    this.#pongDueMs = null
    if (this.#silentIn.length === 0) return
    const { session } = this.#peer
    for (const channel of this.#silentIn) {
      const subscribed = session.subscriptions.get(channel)
      if (subscribed === undefined) continue
      // It was told of its own leave, and what it is told next goes on from this snapshot.
      const present = presentFrame(channel, becomePresent(this.#core, session, channel, subscribed.feed))
      subscribed.feed.mention(present, (feed) => presentFrame(channel, this.#core.presences.snapshot(channel, feed)))
    }
    this.#silentIn = []
  }

  /** A token was accepted: its end is told anew. */
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
    this.#lookAtExpiry()
  }

  #isPongOverdue(passedMs: number): boolean {
    if (this.#pongDueMs === null) return false
    // What waits to be sent stands in the ping's way: then only progress counts.
    if (this.#peer.outlet.queuedBytes === 0) this.#pongDueMs += passedMs
    return this.#pongDueMs > this.#core.limits.pongSeconds * 1000
  }

  #pingWhenDue(now: number): void {
    if (now - this.#pingedAt < this.#core.limits.pingSeconds * 1000 || !this.#peer.outlet.hasRoom()) return
    this.#pingedAt = now
    this.#pongDueMs ??= 0
    this.#peer.ping()
  }

  #silence(): void {
    const left = this.#peer.session.fallSilent(this.#core)
    if (left.length > 0) this.#silentIn = [...this.#silentIn, ...left]
  }

  #lookAtExpiry(): void {
    const { expiresAt } = this.#peer.session.caller
    if (expiresAt === null) return
    const leftSeconds = (expiresAt - this.#core.clock.now()) / 1000
    if (leftSeconds <= -this.#core.limits.leewaySeconds) {
      this.#peer.close(4401, 'the token has expired')
      return
    }
    if (leftSeconds > expiringSeconds || this.#warned) return
    this.#warned = true
    this.#peer.send(JSON.stringify({ op: 'expiring', inSeconds: Math.max(0, Math.round(leftSeconds)) }))
  }
}
