/**
 * The commands of one connection: begun in the order they came, so many at a time, and only while the peer takes its
 * replies. What waits is no more than came in one piece: meanwhile the peer is not read from.
 */
import type { Outlet } from '../../ports/outlet.ts'

/** Whose commands they are. It is given as it is: thousands are idle, and closures of each would weigh. */
export interface Paced<Command> {
  readonly outlet: Pick<Outlet, 'hasRoom' | 'whenRoom'>
  /** Runs a command; `ended` is called when it is over, which is never before this returns. */
  begin(command: Command): void
  pauseReading(): void
  resumeReading(): void
}

/** Commands under way at once. */
const maxUnderWay = 256

export class Pacing<Command> {
  readonly #peer: Paced<Command>
  #waiting: Command[] | null = null
  #underWay = 0
  #isPaused = false
  #isHeld = false
  #awaitsRoom = false

  constructor(peer: Paced<Command>) {
    this.#peer = peer
  }

  /** Begins the command, or keeps it until its turn. */
  take(command: Command): void {
    if (this.#waiting === null && !this.#isHeld && this.#mayBegin()) {
      this.#underWay++
      this.#peer.begin(command)
      return
    }
    this.#waiting ??= []
    this.#waiting.push(command)
    this.#pace()
  }

  /** Keeps what comes until `release`. */
  hold(): void {
    this.#isHeld = true
  }

  release(): void {
    this.#isHeld = false
    this.#beginWaiting()
  }

  /** A command is over. */
  ended(): void {
    this.#underWay--
    this.#beginWaiting()
  }

  /** What waits, which is not to be begun. */
  drop(): readonly Command[] {
    const dropped = this.#waiting ?? []
    this.#waiting = null
    this.#isHeld = false
    this.#pace()
    return dropped
  }

  #mayBegin(): boolean {
    return this.#underWay < maxUnderWay && this.#peer.outlet.hasRoom()
  }

  #beginWaiting(): void {
    if (this.#waiting === null || this.#isHeld) return
    let begun = 0
    // Beginning one may close the connection, and then none waits any more.
    for (; this.#waiting !== null && this.#mayBegin(); begun++) {
      const command = this.#waiting[begun]
      if (command === undefined) break
      this.#underWay++
      this.#peer.begin(command)
    }
    if (this.#waiting !== null) this.#waiting = this.#waiting.length > begun ? this.#waiting.slice(begun) : null
    this.#pace()
  }

  #pace(): void {
    const isFull = this.#waiting !== null && (!this.#isHeld || this.#waiting.length > maxUnderWay)
    if (isFull !== this.#isPaused) {
      this.#isPaused = isFull
      if (isFull) this.#peer.pauseReading()
      else this.#peer.resumeReading()
    }
    if (!isFull || this.#awaitsRoom || this.#peer.outlet.hasRoom()) return
    this.#awaitsRoom = true
    this.#peer.outlet.whenRoom(() => {
      this.#awaitsRoom = false
      this.#beginWaiting()
    })
  }
}
