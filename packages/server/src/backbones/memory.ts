/** The doorbell of one process: of one node, which has nobody else to ring, or of several that share a bus. */
import type { Backbone, Bell } from '../ports/backbone.ts'
import { Interest } from './interest.ts'

export function openMemoryBackbone(): Backbone {
  return new MemoryBus().join()
}

export class MemoryBus {
  readonly #nodes = new Set<MemoryBackbone>()

  /** A node's end of the bus. */
  join(): Backbone {
    const node = new MemoryBackbone({
      tellOthers: (bell) => {
        // In a turn of its own, as from afar: whoever rings is never called back while it does.
        for (const other of this.#nodes) if (other !== node) queueMicrotask(() => other.hear(bell))
      },
      leave: () => this.#nodes.delete(node),
    })
    this.#nodes.add(node)
    return node
  }
}

interface Bus {
  readonly tellOthers: (bell: Bell) => void
  readonly leave: () => void
}

class MemoryBackbone implements Backbone {
  readonly #bus: Bus
  readonly #interest = new Interest()
  #hear: (bell: Bell) => void = () => {}
  #isClosed = false

  constructor(bus: Bus) {
    this.#bus = bus
  }

  ring(bell: Bell): void {
    if (!this.#isClosed) this.#bus.tellOthers(bell)
  }

  hear(bell: Bell): void {
    if (!this.#isClosed && this.#interest.concerns(bell)) this.#hear(bell)
  }

  async listen(channel: string): Promise<() => void> {
    if (this.#isClosed) throw new Error('the backbone is closed')
    return this.#interest.add(channel)
  }

  onBell(hear: (bell: Bell) => void): void {
    this.#hear = hear
  }

  /** Nothing can be cut here. */
  onDoubt(): void {}

  async probe(): Promise<void> {
    if (this.#isClosed) throw new Error('the backbone is closed')
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#bus.leave()
  }
}
