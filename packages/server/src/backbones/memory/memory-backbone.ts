/**
 * Notifications within one process: for a single node, which has no other node to notify, or for several
 * nodes that share a bus.
 */
import type { Backbone, Notification } from '../../ports/backbone.ts'
import { Interest } from '../shared/interest.ts'

export function openMemoryBackbone(): Backbone {
  return new MemoryBus().join()
}

export class MemoryBus {
  readonly #nodes = new Set<MemoryBackbone>()

  /** Connects one node to the bus. */
  join(): Backbone {
    const node = new MemoryBackbone({
      notifyOthers: (notification) => {
        // In a turn of its own, as over a network: a publisher is never called back while it publishes.
        for (const other of this.#nodes) if (other !== node) queueMicrotask(() => other.receive(notification))
      },
      leave: () => this.#nodes.delete(node),
    })
    this.#nodes.add(node)
    return node
  }
}

interface Bus {
  readonly notifyOthers: (notification: Notification) => void
  readonly leave: () => void
}

class MemoryBackbone implements Backbone {
  readonly #bus: Bus
  readonly #interest = new Interest()
  #onNotification: (notification: Notification) => void = () => {}
  #isClosed = false

  constructor(bus: Bus) {
    this.#bus = bus
  }

  publish(notification: Notification): void {
    if (!this.#isClosed) this.#bus.notifyOthers(notification)
  }

  receive(notification: Notification): void {
    if (!this.#isClosed && this.#interest.concerns(notification)) this.#onNotification(notification)
  }

  async listen(channel: string): Promise<() => void> {
    if (this.#isClosed) throw new Error('the backbone is closed')
    return this.#interest.add(channel)
  }

  onNotification(listener: (notification: Notification) => void): void {
    this.#onNotification = listener
  }

  /** Nothing can disconnect the nodes of one process. */
  onGap(): void {}

  async probe(): Promise<void> {
    if (this.#isClosed) throw new Error('the backbone is closed')
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#bus.leave()
  }
}
