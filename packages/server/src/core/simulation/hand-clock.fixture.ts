import type { Clock, Stop } from '../../ports/clock.ts'

interface Timer {
  readonly at: number
  readonly task: () => void
}

/** Time that a test turns by hand. */
export class HandClock implements Clock {
  #monotonic = 1000
  #busy = 0
  #wallMs = Date.parse('2026-11-25T12:00:00Z')
  #timers: Timer[] = []
  #soon: (() => void)[] = []

  now = (): number => this.#wallMs
  monotonic = (): number => this.#monotonic
  busy = (): number => this.#busy

  after(ms: number, task: () => void): Stop {
    const timer = { at: this.#monotonic + ms, task }
    this.#timers.push(timer)
    return () => {
      this.#timers = this.#timers.filter((each) => each !== timer)
    }
  }

  soon(task: () => void): Stop {
    this.#soon.push(task)
    return () => {
      this.#soon = this.#soon.filter((each) => each !== task)
    }
  }

  /** Timers and tasks that are set and have not run. */
  get pending(): number {
    return this.#timers.length + this.#soon.length
  }

  /** Ends the turn of the event loop: what was to run soon runs. */
  turn(): void {
    for (const task of this.#soon.splice(0)) task()
  }

  /** Time passes inside a task, and nothing runs for it. */
  spend(ms: number): void {
    this.#busy += ms
    this.#advance(ms)
  }

  #advance(ms: number): void {
    this.#monotonic += ms
    this.#wallMs += ms
  }

  /** Moves the wall clock alone, as an administrator might. */
  jump(ms: number): void {
    this.#wallMs += ms
  }

  /** Time passes; what is due runs in order, with all that follows from it. */
  async pass(ms: number): Promise<void> {
    const until = this.#monotonic + ms
    await this.settle()
    for (let timer = this.#next(until); timer !== undefined; timer = this.#next(until)) {
      this.#timers = this.#timers.filter((each) => each !== timer)
      this.#advance(Math.max(0, timer.at - this.#monotonic))
      timer.task()
      await this.settle()
    }
    this.#advance(Math.max(0, until - this.#monotonic))
  }

  /** Lets every promise that can go on do so, and what was to run soon run. */
  async settle(): Promise<void> {
    for (let round = 0; round < 3; round++) {
      this.turn()
      await new Promise((resolve) => setImmediate(resolve))
    }
    if (this.#soon.length > 0) await this.settle()
  }

  #next(until: number): Timer | undefined {
    return this.#timers.filter((timer) => timer.at <= until).sort((a, b) => a.at - b.at)[0]
  }
}
