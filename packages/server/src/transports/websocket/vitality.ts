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

export interface VitalityOptions {
  readonly core: Core
  readonly session: Session
  readonly outlet: SocketOutlet
  readonly ping: () => void
  readonly send: (text: string) => void
  readonly close: (code: CloseCode, reason: string) => void
}

/** How long a peer has for its half of a close. */
const closeMs = 5000
/** How long before a token's end the client is asked for another one. */
const expiringSeconds = 30

export class Vitality {
  readonly #options: VitalityOptions
  readonly #openedAt: number
  #heardAt: number
  #pingedAt: number
  /** How long the pong has been due while nothing was in its way; `null`: none is due. */
  #pongDueMs: number | null = null
  #beatAt: number
  #warned = false
  #closingSince: number | null = null
  #silentIn: readonly string[] = []

  constructor(options: VitalityOptions) {
    this.#options = options
    this.#openedAt = options.core.clock.monotonic()
    this.#heardAt = this.#openedAt
    this.#pingedAt = this.#openedAt
    this.#beatAt = this.#openedAt
  }

  /** Anything came from the peer. */
  heard(): void {
    this.#heardAt = this.#options.core.clock.monotonic()
    this.#pongDueMs = null
    if (this.#silentIn.length === 0) return
    const { core, session, outlet } = this.#options
    for (const channel of this.#silentIn) {
      const subscribed = session.subscriptions.get(channel)
      if (subscribed === undefined) continue
      // It was told of its own leave, and what it is told next goes on from this snapshot.
      const { feed } = subscribed
      outlet.send(presentFrame(channel, becomePresent(core, session, channel, feed)))
    }
    this.#silentIn = []
  }

  /** A token was accepted: its end is told anew. */
  welcomed(): void {
    this.#warned = false
  }

  closing(): void {
    this.#closingSince = this.#options.core.clock.monotonic()
  }

  isOverdueToEnd(now: number): boolean {
    return this.#closingSince !== null && now - this.#closingSince > closeMs
  }

  beat(now: number, isReady: boolean): void {
    const { core, outlet, close } = this.#options
    const { limits } = core
    const passedMs = now - this.#beatAt
    this.#beatAt = now
    if (!isReady && now - this.#openedAt > limits.helloSeconds * 1000) {
      close(4401, 'no hello in time')
      return
    }
    if (outlet.stuckMs(now) > limits.stallSeconds * 1000) {
      close(4408, 'the peer took nothing')
      return
    }
    if (this.#isPongOverdue(passedMs)) {
      close(4408, 'the peer stopped answering')
      return
    }
    this.#pingWhenDue(now)
    if (now - this.#heardAt > limits.presenceSeconds * 1000) this.#silence()
    this.#lookAtExpiry()
  }

  #isPongOverdue(passedMs: number): boolean {
    if (this.#pongDueMs === null) return false
    // What waits to be sent stands in the ping's way: then only progress counts.
    if (this.#options.outlet.queuedBytes === 0) this.#pongDueMs += passedMs
    return this.#pongDueMs > this.#options.core.limits.pongSeconds * 1000
  }

  #pingWhenDue(now: number): void {
    const { core, outlet, ping } = this.#options
    if (now - this.#pingedAt < core.limits.pingSeconds * 1000 || !outlet.hasRoom()) return
    this.#pingedAt = now
    this.#pongDueMs ??= 0
    ping()
  }

  #silence(): void {
    const left = this.#options.session.fallSilent(this.#options.core)
    if (left.length > 0) this.#silentIn = [...this.#silentIn, ...left]
  }

  #lookAtExpiry(): void {
    const { core, session, send, close } = this.#options
    const { expiresAt } = session.caller
    if (expiresAt === null) return
    const leftSeconds = (expiresAt - core.clock.now()) / 1000
    if (leftSeconds <= -core.limits.leewaySeconds) {
      close(4401, 'the token has expired')
      return
    }
    if (leftSeconds > expiringSeconds || this.#warned) return
    this.#warned = true
    send(JSON.stringify({ op: 'expiring', inSeconds: Math.max(0, Math.round(leftSeconds)) }))
  }
}
