import type { Change, DownEvent, Signal, SnapshotPage, SubscribeOk } from '@dovetail/protocol'
import { type Cursor, formatCursor, parseCursor } from '@dovetail/protocol/cursor'
import { backOffMs } from './back-off.ts'
import type { Stop } from './clock.ts'
import type { DovetailError } from './errors.ts'
import { told } from './listeners.ts'
import type { Network } from './network.ts'
import { nothing } from './nothing.ts'
import { PresenceList } from './presence-list.ts'
import { canRetry } from './retry.ts'
import type { Link, SubscribeRequest } from './transports/transport.ts'

/** What a channel's one subscription stands at. */
export type SubscriptionState =
  /** Nothing asked yet, or no link to ask on. */
  | { readonly name: 'unlinked' }
  | { readonly name: 'joining'; readonly request: SubscribeRequest; readonly link: Link }
  | { readonly name: 'joined'; readonly request: SubscribeRequest; readonly link: Link; readonly catchingUp: boolean }
  | { readonly name: 'ended'; readonly reason: 'forbidden' | 'deleted' }
  | { readonly name: 'failed'; readonly error: DovetailError }

/** One who reads from a subscription: a live view, a presence handle, a listener to signals. */
export interface Reader {
  /** The page it needs next, where it holds none. */
  readonly page?: { readonly collection: string; readonly limit: number } | null
  readonly presence?: true
  readonly signals?: true
  /** Reading begins, or began anew: what is held of another epoch is void. */
  joined?(snapshot: SnapshotPage | null, cursor: Cursor, anew: boolean): void
  changes?(changes: readonly Change[]): void
  signal?(signal: Signal): void
  stateChanged?(): void
}

/** One channel, followed once for all its readers: where it stands in the log, and how it gets on from there. */
export class Subscription {
  readonly channel: string
  readonly present: PresenceList
  readonly #network: Network
  readonly #left: () => void
  readonly #readers = new Set<Reader>()
  /** Readers that were told where reading begins. */
  readonly #begun = new WeakSet<Reader>()
  #state: SubscriptionState = { name: 'unlinked' }
  #cursor: Cursor | null = null
  #link: Link | null = null
  #settling = false
  #refusals = 0
  #stopRetry: Stop = nothing

  /** `left` is called when the last reader has gone. */
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

  add(reader: Reader): Stop {
    this.#readers.add(reader)
    if (this.#state.name === 'ended' || this.#state.name === 'failed') this.#to({ name: 'unlinked' })
    this.#settleSoon()
    return () => {
      if (this.#readers.delete(reader)) this.#settleSoon()
    }
  }

  linked(link: Link | null): void {
    this.#link = link
    this.#stopRetry()
    if (this.#state.name === 'joining' || this.#state.name === 'joined') this.#to({ name: 'unlinked' })
    if (link !== null && this.#readers.size > 0) this.#settle()
  }

  /** Somebody else asks now: what was refused is asked again. */
  revive(): void {
    if (this.#state.name !== 'failed') return
    this.#to({ name: 'unlinked' })
    this.#settleSoon()
  }

  /** The connection's state changed, and with it what readers may say of theirs. */
  stateChanged(): void {
    for (const reader of [...this.#readers]) reader.stateChanged?.()
  }

  close(): void {
    this.#stopRetry()
    this.#readers.clear()
    this.#link = null
  }

  /** The log goes on elsewhere than was thought: ask again from where one stands. */
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
    if (!canRetry(error)) {
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
        for (const reader of [...this.#readers]) told(() => reader.signal?.(frame))
        return
      case 'presence':
        this.present.apply(frame)
        return
      case 'demand':
        return
    }
  }

  /** docs/protocol.md, "How a client joins". */
  #range(from: number, to: number, epoch: string | undefined, changes: readonly Change[]): void {
    const cursor = this.#cursor
    if (cursor === null || this.#state.name === 'ended') return
    const known = cursor.epoch ?? epoch
    if (from > cursor.rev || known === undefined || (epoch !== undefined && epoch !== known)) {
      this.rejoin()
      return
    }
    if (to > cursor.rev || cursor.epoch === null) {
      this.#cursor = { epoch: known, rev: Math.max(to, cursor.rev) }
      const news = changes.filter((change) => change.record.rev > cursor.rev)
      for (const reader of [...this.#readers]) reader.changes?.(news)
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
    for (const reader of [...this.#readers]) {
      if (!anew && this.#begun.has(reader)) continue
      this.#begun.add(reader)
      const page = reader.page
      reader.joined?.((page && snapshots?.[page.collection]) ?? null, cursor, anew)
    }
  }

  /** Once per turn, so that a flip (left and joined within a tick) asks nothing of the server. */
  #settleSoon(): void {
    if (this.#settling) return
    this.#settling = true
    queueMicrotask(() => {
      this.#settling = false
      this.#settle()
    })
  }

  #settle(): void {
    if (this.#readers.size === 0) {
      this.#leave()
      return
    }
    if (this.#link === null || this.#state.name === 'ended' || this.#state.name === 'failed') return
    const request = this.#request()
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

  #request(): SubscribeRequest {
    const readers = [...this.#readers]
    const last: Record<string, number> = {}
    for (const { page } of readers) {
      if (page) last[page.collection] = Math.max(last[page.collection] ?? 1, page.limit)
    }
    return {
      channel: this.channel,
      // From `0` the whole log would come; of a channel that nobody had written to, a new page is less.
      after: this.#cursor?.epoch ? formatCursor(this.#cursor.epoch, this.#cursor.rev) : undefined,
      last: Object.keys(last).length > 0 ? last : undefined,
      presence: readers.some((reader) => reader.presence) || undefined,
      signals: readers.some((reader) => reader.signals) || undefined,
    }
  }

  #to(state: SubscriptionState): void {
    this.#state = state
    this.stateChanged()
  }
}

/** Whether what was asked gives what is needed. Pages apart: who lacks one reads it by itself. */
function covers(asked: SubscribeRequest, needed: SubscribeRequest): boolean {
  return asked.presence === needed.presence && (asked.signals === needed.signals || asked.signals === true)
}
