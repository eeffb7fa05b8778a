/** Stops a timer or a listener. May be called twice. */
export type Stop = () => void

/** The source of time and timers. An application may pass its own, as tests do. */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number
  /** Runs `task` once after `ms`. */
  after(ms: number, task: () => void): Stop
}

/** A delay above 2^31-1 ms wraps to 1 ms in every JavaScript runtime, so none is longer. */
const maxDelayMs = 2_147_483_647

export const systemClock: Clock = {
  now: () => Date.now(),
  after(ms, task) {
    // `setTimeout` runs a delay of NaN at once, which would make a loop without a pause.
    const timer = setTimeout(task, Math.min(ms >= 0 ? ms : maxDelayMs, maxDelayMs))
    return () => clearTimeout(timer)
  },
}
