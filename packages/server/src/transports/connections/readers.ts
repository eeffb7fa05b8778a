/**
 * All readers of this node, whatever their transport: for the ticker, the graceful shutdown and revocations. Event
 * streams whose peer has vanished are found here.
 */
import type { Socket } from 'node:net'
import type { Caller } from '../../core/access/caller.ts'
import type { Transport } from '../../telemetry/metrics.ts'
import { unacknowledgedLines } from './dead-peers.ts'
import type { EndReason } from './end-reason.ts'
import type { SocketOutlet } from './socket-outlet.ts'
import { lineOf } from './tcp-table.ts'

/** When a reader has to leave a node that shuts down. */
export interface Slot {
  /** Milliseconds until the reader's connection ends and its client should reconnect. */
  readonly reconnectInMs: number
  /** Milliseconds for which the node still accepts connections after that. */
  readonly servedForMs: number
}

export interface Reader {
  readonly transport: Transport
  readonly caller: Caller
  /** What waits for it, in memory and in the log; absent: nothing does, since it asks for what it takes. */
  readonly outlet?: Pick<SocketOutlet, 'isBehind' | 'queuedBytes'>
  /** Why its connection ends; `peer` until this server ends it. */
  readonly endReason: EndReason
  /** Called by the ticker, with the monotonic time in ms. */
  beat(now: number): void
  /** The node shuts down: announces the slot to the client. */
  goAway(slot: Slot): void
  /** Ends the connection at its slot, so that the client reconnects. The peer may have to close its side. */
  leave(): void
  /** Ends the connection at once, because the peer did not close its side in time. */
  cut(): void
  /** Ends the reader, because its session or its rights were revoked. */
  revoke(): void
  /**
   * The socket of a peer that sends nothing, so that only the kernel can notice its loss; absent: the transport notices
   * it.
   */
  readonly mute?: Socket
  /** Called when the kernel gets no acknowledgement for what was sent on `mute`. */
  lost?(): void
}

export interface Ended {
  readonly transport: Transport
  readonly reason: EndReason
  readonly count: number
}

/**
 * The reconnects after the loss of a node are spread over this many ms for each reader, but over half a minute at most.
 */
const spreadMsEach = 5
const longestSpreadMs = 30_000
/** Multiples of the golden ratio, modulo 1, are spread evenly, however many there are. */
const goldenRatio = (Math.sqrt(5) - 1) / 2

export class Readers {
  readonly #all = new Set<Reader>()
  #share = 0
  readonly #opened = new Map<Transport, number>()
  readonly #ended = new Map<string, Ended>()

  get size(): number {
    return this.#all.size
  }

  /** The number of readers that clients receive: rounded up to one significant digit. */
  get about(): number {
    const unit = 10 ** Math.floor(Math.log10(Math.max(1, this.size)))
    return Math.ceil(this.size / unit) * unit
  }

  /** The delay before the next client reconnects, in ms: `leastMs` plus a share of the spread of its own. */
  returnAfterMs(leastMs: number): number {
    this.#share = (this.#share + goldenRatio) % 1
    return Math.round(leastMs + this.#share * Math.min(longestSpreadMs, this.about * spreadMsEach))
  }

  has(reader: Reader): boolean {
    return this.#all.has(reader)
  }

  add(reader: Reader): void {
    if (this.#all.has(reader)) return
    this.#all.add(reader)
    this.#opened.set(reader.transport, (this.#opened.get(reader.transport) ?? 0) + 1)
  }

  delete(reader: Reader): void {
    if (!this.#all.delete(reader)) return
    const { transport, endReason: reason } = reader
    const key = `${transport} ${reason}`
    this.#ended.set(key, { transport, reason, count: (this.#ended.get(key)?.count ?? 0) + 1 })
  }

  /** Since the start. */
  get openedByTransport(): ReadonlyMap<Transport, number> {
    return this.#opened
  }

  /** Since the start. */
  get ended(): Iterable<Ended> {
    return this.#ended.values()
  }

  /**
   * Ends readers whose peers have vanished. It reads the machine's table of connections, but only where a reader has
   * `mute`.
   */
  async missVanished(unacknowledged: () => Promise<ReadonlySet<string>> = unacknowledgedLines): Promise<void> {
    if (![...this.#all].some(({ mute }) => mute !== undefined)) return
    const lines = await unacknowledged()
    if (lines.size === 0) return
    for (const reader of this) {
      const line = reader.mute === undefined ? null : lineOf(reader.mute)
      if (line !== null && lines.has(line)) reader.lost?.()
    }
  }

  /** Ends the readers of all callers for whom `isRevoked` is true. */
  cutRevoked(isRevoked: (caller: Caller) => boolean): void {
    for (const reader of this) if (isRevoked(reader.caller)) reader.revoke()
  }

  [Symbol.iterator](): IterableIterator<Reader> {
    return [...this.#all].values()
  }
}
