/** Everyone who reads on here, whatever the transport: looked after by the pulse, told when the node leaves, cut when revoked. */
import type { Caller } from '../core/caller.ts'
import type { Transport } from '../telemetry/metrics.ts'

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

  /** Ends the readings of whoever this says is revoked. */
  cutRevoked(isRevoked: (caller: Caller) => boolean): void {
    for (const reader of this) if (isRevoked(reader.caller)) reader.revoke()
  }

  [Symbol.iterator](): IterableIterator<Reader> {
    return [...this.#all].values()
  }
}
