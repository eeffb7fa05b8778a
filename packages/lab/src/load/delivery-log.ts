/** Records the deliveries of messages to readers: how often, in which order and how late. */
import { createHistogram, performance, type RecordableHistogram } from 'node:perf_hooks'

export interface Deliveries {
  readonly received: number
  /** Deliveries that never came. */
  readonly lost: number
  readonly repeated: number
  /** Readers that saw another order than the first reader did. */
  readonly reordered: number
  /** Milliseconds from the moment a message was meant to be sent. */
  readonly p50: number
  readonly p99: number
  readonly max: number
}

export interface DeliveryLogOptions {
  readonly readers: number
  readonly messages: number
  /** Whose latency counts. Default: every delivery's. */
  readonly isTimed?: (reader: number, index: number) => boolean
}

export class DeliveryLog {
  /** Resolves when every reader has every message. */
  readonly complete: Promise<void>
  readonly #readers: number
  readonly #messages: number
  readonly #isTimed: ((reader: number, index: number) => boolean) | undefined
  readonly #seen: Uint8Array
  readonly #orders: Float64Array
  /** Microseconds. */
  readonly #latencies: RecordableHistogram = createHistogram({ lowest: 1, highest: 600_000_000, figures: 3 })
  #intended: (index: number) => number = () => performance.now()
  #first = 0
  #repeated = 0
  #finish: () => void = () => {}

  constructor({ readers, messages, isTimed }: DeliveryLogOptions) {
    this.#readers = readers
    this.#isTimed = isTimed
    this.#messages = messages
    this.#seen = new Uint8Array(readers * messages)
    this.#orders = new Float64Array(readers)
    this.complete = new Promise((resolve) => {
      this.#finish = resolve
    })
  }

  /** Latencies count from here on. */
  begin(intended: (index: number) => number): void {
    this.#intended = intended
  }

  note(reader: number, index: number): void {
    if (index >= this.#messages) return
    const slot = reader * this.#messages + index
    if (this.#seen[slot] !== 0) {
      this.#repeated++
      return
    }
    this.#seen[slot] = 1
    this.#orders[reader] = ((this.#orders[reader] ?? 0) * 31 + index + 1) % 4_294_967_291
    if (this.#isTimed?.(reader, index) ?? true)
      this.#latencies.record(Math.max(1, Math.round((performance.now() - this.#intended(index)) * 1000)))
    if (++this.#first === this.#readers * this.#messages) this.#finish()
  }

  result(): Deliveries {
    const ms = (percentile: number): number => this.#latencies.percentile(percentile) / 1000
    return {
      received: this.#first + this.#repeated,
      lost: this.#readers * this.#messages - this.#first,
      repeated: this.#repeated,
      reordered: this.#orders.filter((order) => order !== this.#orders[0]).length,
      p50: ms(50),
      p99: ms(99),
      max: this.#latencies.max / 1000,
    }
  }
}
