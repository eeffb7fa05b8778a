/** Time as a parameter, so that tests set it by hand. */
export interface Clock {
  /** Milliseconds since the Unix epoch, for timestamps that people read. It may jump. */
  now(): number
  /** Milliseconds that never go back, for durations. */
  monotonic(): number
  /** Milliseconds, of those that `monotonic` counts, in which the event loop did not wait for anything to do. */
  busy(): number
  /** Runs `task` once after `ms`. Returns the function that cancels it. */
  after(ms: number, task: () => void): Stop
  /** Runs `task` when the current turn of the event loop has ended. Returns the function that cancels it. */
  soon(task: () => void): Stop
}

export type Stop = () => void

/** Resolves after `ms`. */
export function pause(clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => clock.after(ms, resolve))
}
