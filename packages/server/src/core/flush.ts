/**
 * The flush that clocks itself: it starts when the current turn of the event loop ends, but not
 * before it has rested since the last one, the longer the more that one took. Idle, it adds nothing;
 * loaded, one write carries many changes and flushing never takes more than half the loop.
 */
import type { Clock } from '../ports/clock.ts'

export interface Flushable {
  flush(): void
}

/**
 * A flush costs one write() a reader, however many changes it carries: what is waited for here is
 * saved there. Many times what the flush took, while that is too short for a reader to notice.
 */
const restTimes = 10
/**
 * The worst that a change meets, in ms: it just missed a flush, waits for its end and the rest, and is
 * the last of the next. Where flushes carry many changes one more saves little, and they come sooner.
 */
const unnoticedMs = { few: 26, many: 21 }
const manyChanges = 4

/** How long to rest after a flush, in ms: never less than half of the time is left to the rest of the loop. */
function restAfter(tookMs: number, changes: number): number {
  const unnoticed = changes < manyChanges ? unnoticedMs.few : unnoticedMs.many
  return Math.max(tookMs, Math.min(tookMs * restTimes, unnoticed - 2 * tookMs))
}

export class Flusher {
  readonly #clock: Clock
  #waiting = new Set<Flushable>()
  #scheduled = false
  #endedAt = Number.NEGATIVE_INFINITY
  #restMs = 0
  #marks = 0
  #flushes = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** How many there have been. */
  get flushes(): number {
    return this.#flushes
  }

  /** `hub` has a change more to flush. */
  mark(hub: Flushable): void {
    this.#marks++
    this.#waiting.add(hub)
    if (this.#scheduled) return
    this.#scheduled = true
    const restMs = this.#endedAt + this.#restMs - this.#clock.monotonic()
    // A timer is late by up to its grain of 1 ms; shorter rests are not worth one.
    if (restMs < 1) this.#clock.soon(this.#run)
    else this.#clock.after(restMs, this.#run)
  }

  readonly #run = (): void => {
    this.#scheduled = false
    this.#flushes++
    const startedAt = this.#clock.monotonic()
    const [hubs, changes] = [this.#waiting, this.#marks]
    this.#waiting = new Set()
    this.#marks = 0
    for (const hub of hubs) hub.flush()
    this.#endedAt = this.#clock.monotonic()
    this.#restMs = restAfter(this.#endedAt - startedAt, changes)
  }
}
