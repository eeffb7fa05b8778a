import type { Stop } from './clock.ts'

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
  readonly #listeners = new Set<TraceListener>()
  readonly #now: () => number

  constructor(now: () => number) {
    this.#now = now
  }

  listen(listener: TraceListener): Stop {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  tell(direction: TraceEvent['direction'], over: TraceEvent['over'], frame: unknown): void {
    if (this.#listeners.size === 0) return
    const event = { direction, over, at: this.#now(), frame }
    for (const listener of this.#listeners) listener(event)
  }

  clear(): void {
    this.#listeners.clear()
  }
}
