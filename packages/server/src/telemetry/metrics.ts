/** Counted in plain numbers on the hot path, read when somebody asks (`exposition.ts`). */
import type { Code } from '@dovetail/protocol'

export type Transport = 'websocket' | 'sse' | 'long_poll'
export type DoorKind = 'http' | 'websocket'

/** What was handed to readers: one frame to one reader counts as one. */
export interface Delivered {
  frames: number
  bytes: number
}

export class Metrics {
  readonly delivered: Readonly<Record<Transport, Delivered>> = {
    websocket: { frames: 0, bytes: 0 },
    sse: { frames: 0, bytes: 0 },
    long_poll: { frames: 0, bytes: 0 },
  }
  readonly #closed = new Map<number, number>()
  readonly #refused: Readonly<Record<DoorKind, Map<Code, number>>> = { http: new Map(), websocket: new Map() }

  /** The server ended a connection with this close code. */
  closed(code: number): void {
    this.#closed.set(code, (this.#closed.get(code) ?? 0) + 1)
  }

  get closedByCode(): ReadonlyMap<number, number> {
    return this.#closed
  }

  /** A request or a command was refused. */
  refused(door: DoorKind, code: Code): void {
    const counts = this.#refused[door]
    counts.set(code, (counts.get(code) ?? 0) + 1)
  }

  get refusedByCode(): Readonly<Record<DoorKind, ReadonlyMap<Code, number>>> {
    return this.#refused
  }
}
