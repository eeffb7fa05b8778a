import type { Change, DownEvent, SubscribeOk } from 'dovetail-protocol'
import { type Cursor, formatCursor, parseCursor } from 'dovetail-protocol/cursor'
import { backOffMs } from '../base/back-off.ts'
import type { Stop } from '../base/clock.ts'
import type { DovetailError } from '../base/errors.ts'
import { runSafely } from '../base/listeners.ts'
import type { Network } from '../base/network.ts'
import { nothing } from '../base/nothing.ts'
import type { Link, SubscribeRequest } from '../transports/transport.ts'
import { PresenceList } from './presence-list.ts'
import { covers, isOverLimits, requestFor } from './subscribe-request.ts'
import type { Subscriber } from './subscriber.ts'

/** The state of a channel's subscription. */
export type SubscriptionState =
  /** No subscribe was sent yet, or there is no link. */
  | { readonly name: 'unlinked' }
  | { readonly name: 'joining'; readonly request: SubscribeRequest; readonly link: Link }
  | { readonly name: 'joined'; readonly request: SubscribeRequest; readonly link: Link; readonly catchingUp: boolean }
  | { readonly name: 'ended'; readonly reason: 'forbidden' | 'deleted' }
  | { readonly name: 'failed'; readonly error: DovetailError }

/**
 * The one subscription of a channel, shared by all its subscribers. It keeps the cursor reached in the channel's log,
 * and resumes from it.
 *
 *   unlinked ── subscribe sent ──▶ joining ── ok ──▶ joined ── link lost, gap ──▶ unlinked
 *                                     │                 │
 *                             refused for good    `ended` frame
 *                                     ▼                 ▼
 *                                  failed             ended       (a new subscriber asks again)
 */
export class Subscription {
  readonly channel: string
  readonly present: PresenceList
  readonly #network: Network
  readonly #left: () => void
  readonly #subscribers = new Set<Subscriber>()
  /** The subscribers whose `joined` was called. */
  readonly #begun = new WeakSet<Subscriber>()
  #state: SubscriptionState = { name: 'unlinked' }
  #cursor: Cursor | null = null
  #link: Link | null = null
  #settling = false
  #refusals = 0
  #stopRetry: Stop = nothing

  /** `left` is called when the last subscriber has left. */
  constructor(channel: string, network: Network, left: () => void) {
    this.channel = channel
    this.present = new PresenceList()
    this.#network = network
    this.#left = left
  }

  get state(): SubscriptionState {
    return this.#state
  }

  get cursor(): Cursor | null {
    return this.#cursor
  }

  get cursorText(): string | null {
    return this.#cursor === null ? null : formatCursor(this.#cursor.epoch, this.#cursor.rev)
  }

  add(subscriber: Subscriber): Stop {
    this.#subscribers.add(subscriber)
    if (this.#state.name === 'ended' || this.#state.name === 'failed') this.#to({ name: 'unlinked' })
    this.#settleSoon()
    return () => {
      if (this.#subscribers.delete(subscriber)) this.#settleSoon()
    }
  }

  linked(link: Link | null): void {
    this.#link = link
    this.#stopRetry()
    if (this.#state.name === 'joining' || this.#state.name === 'joined') this.#to({ name: 'unlinked' })
    if (link !== null && this.#subscribers.size > 0) this.#settle()
  }

  /** Subscribes again after a refusal, since another caller is signed in. */
  revive(): void {
    if (this.#state.name !== 'failed') return
    this.#to({ name: 'unlinked' })
    this.#settleSoon()
  }

  /** The connection's state changed, and with it the states that views derive from it. */
  stateChanged(): void {
    for (const subscriber of [...this.#subscribers]) subscriber.stateChanged?.()
  }

  close(): void {
    this.#stopRetry()
    this.#subscribers.clear()
    this.#link = null
  }

  /** Repairs a gap: subscribes again from the held cursor. */
  rejoin(): void {
    if (this.#state.name !== 'joined') return
    this.#to({ name: 'unlinked' })
    this.#settle()
  }

  subscribed(request: SubscribeRequest, ok: SubscribeOk): void {
    if (this.#state.name !== 'joining' || this.#state.request !== request) return
    this.#refusals = 0
    const anew = request.after === undefined || ok.resume === 'reset'
    if (anew) this.#cursor = parseCursor(ok.cursor)
    this.#to({ name: 'joined', request, link: this.#state.link, catchingUp: ok.resume === 'catching_up' })
    if (ok.presence !== undefined) this.present.replace(ok.presence)
    this.#begin(anew, ok.snapshot)
    this.#settle()
  }

  refused(request: SubscribeRequest, error: DovetailError): void {
    if (this.#state.name !== 'joining' || this.#state.request !== request) return
    if (error.code === 'invalid_data' && isOverLimits(request, this.#network.limits)) {
      this.#to({ name: 'unlinked' })
      this.#settle()
      return
    }
    if (!error.retryable) {
      this.#to({ name: 'failed', error })
      return
    }
    this.#to({ name: 'unlinked' })
    const delayMs = backOffMs(this.#refusals, this.#network.random, (error.retryAfter ?? 0.5) * 1000)
    this.#refusals += 1
    this.#stopRetry = this.#network.clock.after(delayMs, () => this.#settle())
  }

  frame(frame: Extract<DownEvent, { channel: string }>): void {
    switch (frame.op) {
      case 'changes':
        this.#range(frame.from, frame.to, frame.epoch, frame.changes as Change[])
        return
      case 'reset':
        this.#reset(frame.cursor)
        return
      case 'ended':
        this.present.replace([])
        this.#to({ name: 'ended', reason: frame.reason })
        return
      case 'signal':
        for (const subscriber of [...this.#subscribers]) runSafely(() => subscriber.signal?.(frame))
        return
      case 'presence':
        this.present.apply(frame)
        return
      case 'demand':
        return
    }
  }

  /** Applies the new part of a range (docs/protocol.md, JOI3 to JOI5). */
  #range(from: number, to: number, epoch: string | null | undefined, changes: readonly Change[]): void {
    const cursor = this.#cursor
    if (cursor === null || this.#state.name === 'ended') return
    const known = cursor.epoch ?? epoch
    // A poll of a channel without any write answers an empty log, which is no gap.
    if (known === undefined && to === cursor.rev) return
    if (from > cursor.rev || known === undefined || (epoch !== undefined && epoch !== known)) {
      this.rejoin()
      return
    }
    if (to > cursor.rev || cursor.epoch === null) {
      this.#cursor = known === null ? { epoch: null, rev: 0 } : { epoch: known, rev: Math.max(to, cursor.rev) }
      const news = changes.filter((change) => change.record.rev > cursor.rev)
      for (const subscriber of [...this.#subscribers]) subscriber.changes?.(news)
    }
    if (this.#state.name === 'joined' && this.#state.catchingUp) this.#to({ ...this.#state, catchingUp: false })
  }

  #reset(cursor: string): void {
    this.#cursor = parseCursor(cursor)
    this.#begin(true, undefined)
  }

  #begin(anew: boolean, snapshots: SubscribeOk['snapshot']): void {
    const cursor = this.#cursor
    if (cursor === null) return
    for (const subscriber of [...this.#subscribers]) {
      if (!anew && this.#begun.has(subscriber)) continue
      this.#begun.add(subscriber)
      const { page } = subscriber
      subscriber.joined?.((page && snapshots?.[page.collection]) ?? null, cursor, anew)
    }
  }

  /** Runs once per turn, so that leaving and joining within one tick sends nothing to the server. */
  #settleSoon(): void {
    if (this.#settling) return
    this.#settling = true
    queueMicrotask(() => {
      this.#settling = false
      this.#settle()
    })
  }

  #settle(): void {
    if (this.#subscribers.size === 0) {
      this.#leave()
      return
    }
    if (this.#link === null || this.#state.name === 'ended' || this.#state.name === 'failed') return
    const request = requestFor(this.channel, [...this.#subscribers], this.#cursor, this.#network.limits)
    const state = this.#state
    if (state.name !== 'unlinked' && covers(state.request, request)) {
      if (state.name === 'joined') this.#begin(false, undefined)
      return
    }
    this.#stopRetry()
    this.#to({ name: 'joining', request, link: this.#link })
    this.#link.subscribe(request)
  }

  #leave(): void {
    this.#stopRetry()
    if (this.#state.name === 'joining' || this.#state.name === 'joined') this.#link?.unsubscribe(this.channel)
    this.#state = { name: 'unlinked' }
    this.#left()
  }

  #to(state: SubscriptionState): void {
    this.#state = state
    this.stateChanged()
  }
}
