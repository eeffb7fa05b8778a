import type { Clock } from './ports/clock.ts'

/** A delay above this wraps to 1 ms. */
const maxDelayMs = 2 ** 31 - 1

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after: (ms, task) => {
    const timer = setTimeout(task, Math.min(ms, maxDelayMs))
    return () => clearTimeout(timer)
  },
  soon: (task) => {
    const immediate = setImmediate(task)
    return () => clearImmediate(immediate)
  },
}
