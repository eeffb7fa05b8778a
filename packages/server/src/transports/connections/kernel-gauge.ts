/**
 * The gauge of an event stream, whose peer can't answer: the kernel knows how many bytes the peer has not acknowledged.
 * Only Linux tells (`tcp-table.ts`); elsewhere no line is slow. What a proxy or the peer's own system holds is not seen.
 */
import type { Socket } from 'node:net'
import type { Clock } from '../../ports/clock.ts'
import { type LineGauge, LineWindow, leastBytes } from './line-window.ts'
import { lineOf, readTcpRows, type TcpRow } from './tcp-table.ts'

/** Bytes after which a peer that takes them in time is looked at again. */
const seldomBytes = 65_536
/** The round trip that is granted to each peer: unacknowledged bytes of that long are no queue. */
const roundTripMs = 100
/** Between two looks, in ms; with many connections a look takes longer, and the rest is so many times that. */
const shortestRestMs = 100
const restTimes = 20

/** Reads the table for all gauges of a node at once, and only while one asks. */
export class KernelQueues {
  readonly #clock: Clock
  readonly #read: () => Promise<readonly TcpRow[]>
  readonly #asking = new Set<KernelGauge>()
  #isScheduled = false
  #restMs = shortestRestMs

  constructor(clock: Clock, read: () => Promise<readonly TcpRow[]> = readTcpRows) {
    this.#clock = clock
    this.#read = read
  }

  /** For the outlet of this socket. */
  makerFor(socket: Socket): (resume: () => void) => LineGauge {
    return (resume) => new KernelGauge({ queues: this, socket, clock: this.#clock, resume })
  }

  ask(gauge: KernelGauge): void {
    this.#asking.add(gauge)
    if (this.#isScheduled) return
    this.#isScheduled = true
    this.#clock.after(this.#restMs, () => void this.#probe())
  }

  forget(gauge: KernelGauge): void {
    this.#asking.delete(gauge)
  }

  async #probe(): Promise<void> {
    const startedAt = this.#clock.monotonic()
    const rows = await this.#read().catch(() => [])
    const asking = [...this.#asking]
    this.#asking.clear()
    this.#isScheduled = false
    const queues = new Map(rows.map(({ line, unacknowledgedBytes }) => [line, unacknowledgedBytes]))
    const now = this.#clock.monotonic()
    this.#restMs = Math.max(shortestRestMs, (now - startedAt) * restTimes)
    for (const gauge of asking) gauge.looked(queues, now)
  }
}

export interface KernelGaugeOptions {
  readonly queues: KernelQueues
  readonly socket: Socket
  readonly clock: Pick<Clock, 'monotonic'>
  /** The line may have room again. */
  readonly resume: () => void
}

export class KernelGauge implements LineGauge {
  readonly #options: KernelGaugeOptions
  readonly #window = new LineWindow()
  /** On the way at the last look, and handed to the socket since. */
  #onWay = 0
  #sentSince = 0
  #lookedAt: number
  #stuckSince: number | null = null
  /** The system does not tell. */
  #isBlind = false

  constructor(options: KernelGaugeOptions) {
    this.#options = options
    this.#lookedAt = options.clock.monotonic()
  }

  get isSlow(): boolean {
    return this.#window.isSlow
  }

  sent(bytes: number): void {
    // What was idle says nothing about the line.
    if (this.#sentSince === 0 && this.#onWay === 0) this.#lookedAt = this.#options.clock.monotonic()
    this.#sentSince += bytes
    if (this.#sentSince >= seldomBytes && !this.#isBlind) this.#options.queues.ask(this)
  }

  isFull(): boolean {
    return !this.#isBlind && this.#window.isFull(this.#onWay + this.#sentSince)
  }

  looked(queues: ReadonlyMap<string, number>, now: number): void {
    const { socket, resume } = this.#options
    const kernelBytes = queues.get(lineOf(socket) ?? '')
    this.#isBlind = kernelBytes === undefined
    if (kernelBytes === undefined) {
      resume()
      return
    }
    const onWay = kernelBytes + socket.writableLength
    const arrived = this.#onWay + this.#sentSince - onWay
    this.#judge(onWay, arrived, now)
    this.#onWay = onWay
    this.#sentSince = 0
    this.#lookedAt = now
    // A slow line is looked at until it is fast again, since nothing else tells when it has room.
    if (this.#window.isSlow) this.#options.queues.ask(this)
    if (!this.isFull()) resume()
  }

  stuckMs(now: number): number {
    return this.#stuckSince !== null && this.isFull() ? now - this.#stuckSince : 0
  }

  close(): void {
    this.#options.queues.forget(this)
  }

  #judge(onWay: number, arrived: number, now: number): void {
    if (arrived > 0 || onWay === 0) this.#stuckSince = null
    else this.#stuckSince ??= now
    const passedMs = now - this.#lookedAt
    if (passedMs <= 0) return
    // With little on the way, what arrived says how much was sent, and not how much the line takes.
    const takesMs = onWay < leastBytes ? 0 : (onWay * passedMs) / Math.max(1, arrived)
    this.#window.measured(Math.max(1, onWay), Math.max(0.1, takesMs), roundTripMs)
  }
}
