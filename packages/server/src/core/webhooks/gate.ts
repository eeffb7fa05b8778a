/**
 * How many channels are delivered at once: all that are allowed, but one where the receiver fails again and again, so that
 * one that is away or overloaded is asked by few.
 */
const failuresToClose = 3

export class Gate {
  readonly #most: number
  #open: number
  #failures = 0

  constructor(most: number) {
    this.#most = most
    this.#open = most
  }

  /** Whether the worker of this index, from 0, may go on. The first one always may. */
  isOpen(index: number): boolean {
    return index < this.#open
  }

  note(isAccepted: boolean): void {
    this.#failures = isAccepted ? 0 : this.#failures + 1
    if (isAccepted) this.#open = Math.min(this.#most, this.#open * 2)
    else if (this.#failures >= failuresToClose) this.#open = 1
  }
}
