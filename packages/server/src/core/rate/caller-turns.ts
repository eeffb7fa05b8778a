/**
 * The turns of the requests and commands that one user sends beside each other. A budget bounds what a user may ask for,
 * but all of it may come at once, and without turns everybody else would wait for all of it. So one request of a user is
 * begun in each turn of the event loop: what others sent meanwhile is handled before the next; that goes for refusals
 * too. A node that has nothing else to do begins them as fast as it can, and who sends one request after the other never
 * waits.
 */
import type { Clock } from '../../ports/clock.ts'

type Begin = () => void

export class CallerTurns {
  readonly #clock: Clock
  /** Of each user of whom a request was begun in this turn: those that are to begin in later ones. */
  readonly #waiting = new Map<string, Begin[]>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Runs `handle` when it is the user's turn. */
  run<Result>(user: string, handle: () => Result | Promise<Result>): Promise<Result> {
    const waiting = this.#enter(user)
    if (waiting === null) return begin(handle)
    return new Promise((resolve, reject) => waiting.push(() => begin(handle).then(resolve, reject)))
  }

  /** Resolves when it is the user's turn; `null`: it is now. */
  turn(user: string): Promise<void> | null {
    const waiting = this.#enter(user)
    return waiting === null ? null : new Promise((resolve) => waiting.push(resolve))
  }

  /** Those of this user who wait; `null`: nobody of this user has begun in this turn, so the caller begins. */
  #enter(user: string): Begin[] | null {
    const waiting = this.#waiting.get(user)
    if (waiting !== undefined) return waiting
    if (this.#waiting.size === 0) this.#clock.soon(() => this.#nextTurn())
    this.#waiting.set(user, [])
    return null
  }

  #nextTurn(): void {
    for (const [user, waiting] of this.#waiting) {
      const next = waiting.shift()
      if (next === undefined) this.#waiting.delete(user)
      else next()
    }
    if (this.#waiting.size > 0) this.#clock.soon(() => this.#nextTurn())
  }
}

async function begin<Result>(handle: () => Result | Promise<Result>): Promise<Result> {
  return await handle()
}
