/**
 * Decides which commands of one connection begin and which wait, in the order in which they came. A limited number runs
 * at once, and none begins while the peer does not read its replies. While `isFull`, the connection stops reading from
 * the peer, so that only commands of one received chunk can wait here.
 */

/** The most commands that run at once. */
const maxRunning = 256

export class CommandQueue<Command> {
  #waiting: Command[] | null = null
  #running = 0
  #isHeld = false

  /** True: the command begins now. False: it waits until `next` returns it. `canWrite`: the peer reads its replies. */
  take(command: Command, canWrite: boolean): boolean {
    if (this.#waiting === null && this.#mayBegin(canWrite)) {
      this.#running++
      return true
    }
    this.#waiting ??= []
    this.#waiting.push(command)
    return false
  }

  /**
   * The next waiting command that begins now, or `null`. Call it again after each one, since a command may close the
   * connection.
   */
  next(canWrite: boolean): Command | null {
    if (this.#waiting === null || !this.#mayBegin(canWrite)) return null
    const command = this.#waiting.shift()
    if (this.#waiting.length === 0) this.#waiting = null
    if (command === undefined) return null
    this.#running++
    return command
  }

  #mayBegin(canWrite: boolean): boolean {
    return !this.#isHeld && canWrite && this.#running < maxRunning
  }

  /** A command has ended: `next` may return another one. */
  ended(): void {
    this.#running--
  }

  /** Whether to stop reading from the peer. While commands are held, as many as may run at once are still read. */
  get isFull(): boolean {
    return this.#waiting !== null && (!this.#isHeld || this.#waiting.length > maxRunning)
  }

  /** Lets no command begin until `release`. */
  hold(): void {
    this.#isHeld = true
  }

  release(): void {
    this.#isHeld = false
  }

  /** Empties the queue; returns the commands that waited, which have not begun. */
  drop(): readonly Command[] {
    const dropped = this.#waiting ?? []
    this.#waiting = null
    this.#isHeld = false
    return dropped
  }
}
