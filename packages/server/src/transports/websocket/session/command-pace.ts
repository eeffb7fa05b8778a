/** Charges the commands and pings of one connection, and decides when a peer that does not slow down is closed. */
import type { Budgets } from '../../../core/rate/budgets.ts'
import type { ConnectionSession } from './connection-session.ts'

/** The most commands refused for their rate, minus those accepted; a peer with more is closed with 4429. */
const maxRefused = 1000
/** The same where another connection of the user was closed so within the last minute: refusing costs time, too. */
const maxRefusedAgain = 20

export class CommandPace {
  readonly #budgets: Budgets
  readonly #session: ConnectionSession
  #refused = 0

  constructor(budgets: Budgets, session: ConnectionSession) {
    this.#budgets = budgets
    this.#session = session
  }

  /** Charges one command; throws `rate_limited` where the budget is used up. */
  take(): void {
    this.#budgets.take(this.#session.payer, 1)
    this.#refused = Math.max(0, this.#refused - 1)
  }

  /** Charges a ping, whose refusal has no reply. False: the peer has to be closed. */
  mayPing(): boolean {
    try {
      this.#budgets.take(this.#session.payer, 1)
      return true
    } catch {
      return !this.isExceeded()
    }
  }

  chargeRecords(records: number): void {
    this.#budgets.chargeRecords(this.#session.payer, records)
  }

  /** Counts a refusal. True: these were too many, and the peer has to be closed. */
  isExceeded(): boolean {
    const { payer } = this.#session
    if (++this.#refused <= (this.#budgets.hasFlooded(payer) ? maxRefusedAgain : maxRefused)) return false
    this.#budgets.noteFlood(payer)
    return true
  }
}
