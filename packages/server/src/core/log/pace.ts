/**
 * How long flushes and commits rest. Below half of a core nothing rests: a change is committed and leaves at once. Where
 * sending each change at once would take more, flushes and commits keep one period, in which a flush takes what other
 * work leaves of half a core; so one write to a reader carries several changes. A person waits for milliseconds; an
 * operator pays for a core only where it is full.
 *
 *   demand = other work + changes × what it takes to send one change to its readers, each as a part of the loop's time
 *   period = what a flush takes ÷ the part of half a core that other work leaves, but at least 35 %
 *
 * The period sets in gradually as the demand rises from half of a core to all of it and a quarter more, so that the
 * delay has no step. Commits keep the flush's period, so that a flush finds the changes of a whole commit.
 */
import type { Clock } from '../../ports/clock.ts'
import { LoopBusyness, type Window } from './loop-busyness.ts'

/** The part of the loop's time up to which nothing rests, and that flushes and other work come to above it. */
const halfACore = 0.5
/** The demand at which the period is whole. */
const fullDemand = 1.25
/** Flushes get this part of the loop's time, however busy it is with other work. */
const leastShare = 0.35

/**
 * After a rest the same flush takes up to twice as long: caches are cold and the readers' processes sleep. That must
 * not be a reason to rest even longer, so that what a flush takes is learnt quickly from shorter ones and slowly from
 * longer ones. Flushes of less than a quarter are those of other channels.
 */
const learnShorter = 1 / 4
const learnLonger = 1 / 32
const sameChannel = 1 / 4

/** The longest that a write waits for others to share its transaction. */
const longestCommitRestMs = 5
/** From this many units on, waiting for more saves too little. */
const largeGroup = 16
const commitRestTimes = 10

export class Pace {
  readonly #busyness: LoopBusyness
  readonly #flushMaxMs: number
  #window: Window = { busy: 0, tookMs: 0 }
  /** How long the flushes since the window began took, in ms. */
  #flushMs = 0
  /** What they would have taken if each change had left at once. */
  #separateMs = 0
  /** What it takes to send the changes of one channel to its readers. */
  #costMs = 0
  #demand = 0
  #share = halfACore
  /** From the start of one flush to the start of the next, as asked for by the last flush. */
  #periodMs = 0

  constructor(clock: Clock, flushMaxMs: number) {
    this.#busyness = new LoopBusyness(clock)
    this.#flushMaxMs = flushMaxMs
  }

  /** The rest after a flush that took so long, and sent so many changes of so many channels. */
  restAfterFlush(tookMs: number, changes: number, channels: number): number {
    const eachMs = tookMs / Math.max(1, channels)
    this.#learn(eachMs)
    const costMs = Math.min(eachMs, this.#costMs)
    this.#flushMs += tookMs
    this.#separateMs += costMs * changes
    this.#measure()
    const sets = Math.min(1, Math.max(0, (this.#demand - halfACore) / (fullDemand - halfACore)))
    const restMs = Math.min(Math.max(0, costMs * channels * (sets / this.#share - 1)), this.#flushMaxMs)
    this.#periodMs = restMs === 0 ? 0 : tookMs + restMs
    return restMs
  }

  /**
   * The rest after a commit that took so long, of so many units. Where nobody reads there is no period to keep; a few
   * writers at once will soon be more, and a transaction with its flush of the disk costs several times what a row
   * costs.
   */
  restAfterCommit(tookMs: number, units: number): number {
    this.#measure()
    if (this.#window.busy < halfACore) return 0
    const hasCompany = units > 1 && units < largeGroup
    const restMs = Math.min(hasCompany ? tookMs * commitRestTimes : tookMs, longestCommitRestMs)
    return Math.min(Math.max(restMs, this.#periodMs - tookMs), longestCommitRestMs)
  }

  #learn(eachMs: number): void {
    if (this.#costMs === 0) this.#costMs = eachMs
    else if (eachMs > this.#costMs * sameChannel)
      this.#costMs += (eachMs - this.#costMs) * (eachMs < this.#costMs ? learnShorter : learnLonger)
  }

  #measure(): void {
    const window = this.#busyness.next()
    if (window === null) return
    this.#window = window
    const other = Math.max(0, window.busy - this.#flushMs / window.tookMs)
    this.#demand = other + this.#separateMs / window.tookMs
    this.#share = Math.max(leastShare, halfACore - other)
    this.#flushMs = 0
    this.#separateMs = 0
  }
}
