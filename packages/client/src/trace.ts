import type { Stop } from './clock.ts'
import { Listeners } from './listeners.ts'

/** One frame, request or reply, as it passed. For a debug view. */
export interface TraceEvent {
  readonly direction: 'up' | 'down'
  readonly over: 'websocket' | 'sse' | 'long-poll' | 'poll' | 'rest'
  /** ms since the Unix epoch. */
  readonly at: number
  readonly frame: unknown
}

export type TraceListener = (event: TraceEvent) => void

/** Tells listeners of every frame; costs nothing while there are none. Tokens are left out. */
export class Trace {
  readonly #listeners = new Listeners<TraceEvent>()
  readonly #now: () => number

  constructor(now: () => number) {
    this.#now = now
  }

  listen(listener: TraceListener): Stop {
    return this.#listeners.add(listener)
  }

  tell(direction: TraceEvent['direction'], over: TraceEvent['over'], frame: unknown): void {
    if (this.#listeners.size === 0) return
    this.#listeners.tell({ direction, over, at: this.#now(), frame })
  }

  clear(): void {
    this.#listeners.clear()
  }
}
