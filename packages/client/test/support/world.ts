import { type Client, type ClientOptions, createClient } from '../../src/index.ts'
import { FakeClock, seeded } from './fake-clock.ts'
import { calm, FakeServer, type Weather } from './fake-server.ts'

// Imported beforehand: an import on demand takes real time, which the fake clock does not count.
await Promise.all([
  import('../../src/live/follow.ts'),
  import('../../src/transports/http-link.ts'),
  import('../../src/writes/outbox-sender.ts'),
  import('../../src/writes/late.ts'),
  import('../../src/connection/upgrade-probe.ts'),
  import('../../src/connection/transport-downgrade.ts'),
])

/** A client and a server on one fake clock. */
export function world(options: ClientOptions & { seed?: number; weather?: Weather; server?: FakeServer } = {}) {
  const clock = new FakeClock()
  const server = options.server ?? new FakeServer(clock, options.weather ?? calm)
  const random = seeded(options.seed ?? 1)
  const open = (more: ClientOptions = {}): Client =>
    createClient({
      url: 'http://server.test',
      storage: null,
      clock: server.clock,
      random,
      fetch: server.fetch,
      WebSocket: server.WebSocket,
      transport: 'websocket',
      ...options,
      ...more,
    })
  return { clock: server.clock, server, client: open(), open, random }
}

/** A Web Storage in memory. */
export class MemoryStorage {
  readonly #items = new Map<string, string>()
  get length(): number {
    return this.#items.size
  }
  key(index: number): string | null {
    return [...this.#items.keys()][index] ?? null
  }
  getItem(key: string): string | null {
    return this.#items.get(key) ?? null
  }
  setItem(key: string, value: string): void {
    this.#items.set(key, value)
  }
  removeItem(key: string): void {
    this.#items.delete(key)
  }
}
