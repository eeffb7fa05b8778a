/** Time, handed in, so that tests turn it by hand. */
export interface Clock {
  /** Milliseconds since the Unix epoch, for stamps that people read. It may jump. */
  now(): number
  /** Milliseconds that only rise, for durations. */
  monotonic(): number
  /** Runs `task` once after `ms`. Returns its stop. */
  after(ms: number, task: () => void): Stop
  /** Runs `task` when the current turn of the event loop has ended. Returns its stop. */
  soon(task: () => void): Stop
}

export type Stop = () => void
