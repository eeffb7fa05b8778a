/** The traffic of one client: it counts with that of all clients of its candidate, and keeps when its packets went. */
import { type Direction, Traffic } from './traffic.ts'

export class ClientTraffic extends Traffic {
  readonly #all: Traffic
  readonly #now: () => number
  readonly #packetsAt: number[] = []

  /** `now`: monotonic milliseconds. */
  constructor(all: Traffic, now: () => number) {
    super()
    this.#all = all
    this.#now = now
  }

  /** When packets went, either way, in rising milliseconds. */
  get packetsAt(): readonly number[] {
    return this.#packetsAt
  }

  override countBytes(direction: Direction, bytes: number): void {
    this.#all.countBytes(direction, bytes)
    const at = Math.round(this.#now())
    // Packets of one moment are one to a radio, and are kept as one.
    if (this.#packetsAt.at(-1) !== at) this.#packetsAt.push(at)
  }

  override attributeBytes(...args: Parameters<Traffic['attributeBytes']>): void {
    this.#all.attributeBytes(...args)
  }

  override countFrame(...args: Parameters<Traffic['countFrame']>): void {
    this.#all.countFrame(...args)
  }

  override count(...args: Parameters<Traffic['count']>): void {
    this.#all.count(...args)
  }

  override figures(): ReturnType<Traffic['figures']> {
    return this.#all.figures()
  }
}
