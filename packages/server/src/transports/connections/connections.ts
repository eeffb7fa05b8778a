/** Counts long-lived connections by client address: WebSockets, event streams and parked polls. */
export class Connections {
  readonly #limit: number
  readonly #byAddress = new Map<string, number>()
  #open = 0

  constructor(limit: number) {
    this.#limit = limit
  }

  get open(): number {
    return this.#open
  }

  /** Counts a new connection. @returns a function for its end, or `null` where the address has too many connections */
  enter(address: string): (() => void) | null {
    const count = this.#byAddress.get(address) ?? 0
    if (count >= this.#limit) return null
    this.#byAddress.set(address, count + 1)
    this.#open++
    let left = false
    return () => {
      if (left) return
      left = true
      this.#open--
      const now = (this.#byAddress.get(address) ?? 1) - 1
      if (now === 0) this.#byAddress.delete(address)
      else this.#byAddress.set(address, now)
    }
  }
}
