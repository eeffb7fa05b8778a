import type { Stop } from './clock.ts'
import { Listeners } from './listeners.ts'

/** One frame, request or reply, as it was sent or received. For a debug view. */
export interface TraceEvent {
  readonly direction: 'up' | 'down'
  readonly over: 'websocket' | 'sse' | 'long-poll' | 'poll' | 'rest'
  /** ms since the Unix epoch. */
  readonly at: number
  readonly frame: unknown
}

export type TraceListener = (event: TraceEvent) => void

/** Passes every frame, without tokens, to its listeners. Costs nothing while there are none. */
export class Trace {
  readonly #listeners = new Listeners<TraceEvent>()
  readonly #now: () => number

  constructor(now: () => number) {
    this.#now = now
  }

  listen(listener: TraceListener): Stop {
    return this.#listeners.add(listener)
  }

  record(direction: TraceEvent['direction'], over: TraceEvent['over'], frame: unknown): void {
    if (this.#listeners.size === 0) return
    this.#listeners.notify({ direction, over, at: this.#now(), frame })
  }

  clear(): void {
    this.#listeners.clear()
  }
}
