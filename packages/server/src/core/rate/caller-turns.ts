/**
 * The turns of the requests that one user sends beside each other. A budget bounds what a user may ask for, but all of it
 * may come at once, and a large page takes longer than most: without turns, everybody else would wait for all of it. So a
 * few requests of a user are handled at a time; on a busy node one is, and then as much time is left to others as it took.
 * Who sends one request after the other never waits.
 */
import type { Clock } from '../../ports/clock.ts'

/** Handled at a time: by a browser with six connections hardly noticed. */
const atOnce = 4
const atOnceWhenBusy = 1
/** The busy part of the event loop's time from which on a node is busy. */
const busyFrom = 0.5
/** A turn ends then at the latest, because a request may wait: for news, or for the store. */
const longestMs = 5

/** Tells the busy part of the event loop's time, of each short window once it has ended. */
export interface Busyness {
  next(): { readonly busy: number } | null
}

/** The requests of one user. */
interface Line {
  running: number
  isResting: boolean
  readonly waiting: (() => void)[]
}

export class CallerTurns {
  readonly #clock: Clock
  readonly #busyness: Busyness
  #isBusy = false
  readonly #lines = new Map<string, Line>()

  constructor(clock: Clock, busyness: Busyness) {
    this.#clock = clock
    this.#busyness = busyness
  }

  /** Runs `handle` when it is the user's turn. */
  run<Result>(user: string, handle: () => Result | Promise<Result>): Promise<Result> {
    const line = this.#lines.get(user) ?? { running: 0, isResting: false, waiting: [] }
    this.#lines.set(user, line)
    if (this.#isFree(line)) return this.#begin(user, line, handle)
    return new Promise((resolve, reject) => {
      line.waiting.push(() => void this.#begin(user, line, handle).then(resolve, reject))
    })
  }

  #isFree({ running, isResting }: Line): boolean {
    const window = this.#busyness.next()
    if (window !== null) this.#isBusy = window.busy >= busyFrom
    return !isResting && running < (this.#isBusy ? atOnceWhenBusy : atOnce)
  }

  async #begin<Result>(user: string, line: Line, handle: () => Result | Promise<Result>): Promise<Result> {
    line.running++
    const beganAt = this.#clock.monotonic()
    let isOver = false
    const end = (): void => {
      if (isOver) return
      isOver = true
      stop()
      line.running--
      this.#ended(user, line, this.#clock.monotonic() - beganAt)
    }
    const stop = this.#clock.after(longestMs, end)
    try {
      return await handle()
    } finally {
      end()
    }
  }

  #ended(user: string, line: Line, tookMs: number): void {
    if (this.#isBusy && line.waiting.length > 0 && !line.isResting) {
      line.isResting = true
      this.#clock.after(Math.min(tookMs, longestMs), () => {
        line.isResting = false
        this.#beginWaiting(line)
        this.#forgetIfIdle(user, line)
      })
    } else this.#beginWaiting(line)
    this.#forgetIfIdle(user, line)
  }

  #beginWaiting(line: Line): void {
    while (line.waiting.length > 0 && this.#isFree(line)) line.waiting.shift()?.()
  }

  #forgetIfIdle(user: string, line: Line): void {
    if (line.running === 0 && line.waiting.length === 0 && !line.isResting) this.#lines.delete(user)
  }
}
