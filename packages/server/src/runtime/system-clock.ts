import { performance } from 'node:perf_hooks'
import type { Clock } from '../ports/clock.ts'

/** The longest delay of a timer: Node treats a longer one as 1 ms. */
const maxDelayMs = 2 ** 31 - 1

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  busy: () => performance.eventLoopUtilization().active,
  after: (ms, task) => {
    const timer = setTimeout(task, Math.min(ms, maxDelayMs))
    return () => clearTimeout(timer)
  },
  soon: (task) => {
    const immediate = setImmediate(task)
    return () => clearImmediate(immediate)
  },
}
