/** Everyone who reads on here, whatever the transport: looked after by the pulse, told when the node leaves, cut when revoked. */
import type { Socket } from 'node:net'
import type { Caller } from '../core/caller.ts'
import type { Transport } from '../telemetry/metrics.ts'
import { lineOf, unansweredLines } from './unanswered.ts'

export interface Reader {
  readonly transport: Transport
  readonly caller: Caller
  /** Called by the pulse, with the monotonic time in ms. */
  beat(now: number): void
  /** The node is leaving: this reader's slot comes in so many ms. */
  goAway(reconnectInMs: number): void
  /** The slot has come. */
  leave(): void
  /** Its session or its rights are revoked. */
  revoke(): void
  /** The line to a peer that never answers what it is sent, and so can only be missed by the kernel; absent: it is missed otherwise. */
  readonly mute?: Socket
  /** Nothing that was sent to it arrives any more. */
  lost?(): void
}

export class Readers {
  readonly #all = new Set<Reader>()

  get size(): number {
    return this.#all.size
  }

  add(reader: Reader): void {
    this.#all.add(reader)
  }

  delete(reader: Reader): void {
    this.#all.delete(reader)
  }

  /** Lets go of peers that vanished without a word. Costs a look at all connections of the machine, and nothing where nobody is mute. */
  async missVanished(unanswered: () => Promise<ReadonlySet<string>> = unansweredLines): Promise<void> {
    if (![...this.#all].some(({ mute }) => mute !== undefined)) return
    const lines = await unanswered()
    if (lines.size === 0) return
    for (const reader of this) {
      const line = reader.mute === undefined ? null : lineOf(reader.mute)
      if (line !== null && lines.has(line)) reader.lost?.()
    }
  }

  /** Ends the readings of whoever this says is revoked. */
  cutRevoked(isRevoked: (caller: Caller) => boolean): void {
    for (const reader of this) if (isRevoked(reader.caller)) reader.revoke()
  }

  [Symbol.iterator](): IterableIterator<Reader> {
    return [...this.#all].values()
  }
}
