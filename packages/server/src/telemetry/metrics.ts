/** Counters that the hot path increments as plain numbers; `exposition.ts` reads them at each scrape. */
import type { Code } from 'dovetail-protocol'

export type Transport = 'websocket' | 'sse' | 'long_poll'
/** `upgrade`: a WebSocket that was not opened. */
export type RefusingTransport = 'http' | 'websocket' | 'upgrade'

/** What was sent to readers: a frame counts once for each reader. */
export interface Delivered {
  frames: number
  bytes: number
}

export interface HttpRequests {
  readonly method: string
  /** The pattern of the path, such as `/v1/channels/:ch`. */
  readonly route: string
  readonly status: number
  count: number
}

export class Metrics {
  readonly delivered: Readonly<Record<Transport, Delivered>> = {
    websocket: { frames: 0, bytes: 0 },
    sse: { frames: 0, bytes: 0 },
    long_poll: { frames: 0, bytes: 0 },
  }
  readonly #closed = new Map<number, number>()
  readonly #refused: Readonly<Record<RefusingTransport, Map<Code, number>>> = {
    http: new Map(),
    websocket: new Map(),
    upgrade: new Map(),
  }

  /** Counts a connection that the server closed with this code. */
  closed(code: number): void {
    this.#closed.set(code, (this.#closed.get(code) ?? 0) + 1)
  }

  get closedByCode(): ReadonlyMap<number, number> {
    return this.#closed
  }

  readonly #requests = new Map<string, HttpRequests>()

  /** Counts a request over HTTP that was answered. `route`: its pattern; so many there are, and so many labels. */
  answered(method: string, route: string, status: number): void {
    const key = `${method} ${status} ${route}`
    const counted = this.#requests.get(key)
    if (counted === undefined) this.#requests.set(key, { method, route, status, count: 1 })
    else counted.count++
  }

  get requests(): Iterable<Readonly<HttpRequests>> {
    return this.#requests.values()
  }

  /** Counts a refused request or command. */
  refused(transport: RefusingTransport, code: Code): void {
    const counts = this.#refused[transport]
    counts.set(code, (counts.get(code) ?? 0) + 1)
  }

  get refusedByCode(): Readonly<Record<RefusingTransport, ReadonlyMap<Code, number>>> {
    return this.#refused
  }
}
