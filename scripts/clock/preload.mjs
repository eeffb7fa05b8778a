/**
 * Preloaded into every Node process of `npm test -- --clock TIME`: moves its `Date` by `CLOCK_SHIFT_MS` milliseconds.
 * Forks, worker threads and the servers that tests spawn inherit it; pages of the browser tests are moved as well.
 * PostgreSQL, Redis and Kafka keep the machine's clock, as other machines would have theirs.
 */
import { shiftClock } from './shift-clock.mjs'

shiftClock(Number(process.env.CLOCK_SHIFT_MS ?? 0))
