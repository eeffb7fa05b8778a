/** Charges the commands, pings and pongs of one connection, and decides what happens to a peer that does not slow down. */
import type { RateContext } from '../../../core/rate/context.ts'
import type { ConnectionSession } from './connection-session.ts'

/**
 * Of a connection whose user is flooding, the most commands refused for their rate, minus those accepted; one with more
 * is closed with 4429. Its other connections may be those of somebody who only shares the budget.
 */
const maxRefusedInFlood = 20

/** `slow`: the connection is not read for a moment; `over`: it is closed. */
export type Patience = 'as before' | 'slow' | 'over'

export class CommandPace {
  readonly #rates: Pick<RateContext, 'budgets' | 'refusalPace' | 'turns'>
  readonly #session: ConnectionSession
  #refused = 0

  constructor(rates: Pick<RateContext, 'budgets' | 'refusalPace' | 'turns'>, session: ConnectionSession) {
    this.#rates = rates
    this.#session = session
  }

  /** Resolves when it is the turn of this user, or of this connection without one; `null`: it is now. */
  turn(): Promise<void> | null {
    const { caller, connection } = this.#session
    return caller.role === 'service' ? null : this.#rates.turns.turn(caller.user ?? connection)
  }

  /** Charges one command; throws `rate_limited` where the budget is used up. */
  take(): void {
    this.#rates.budgets.take(this.#session.payer, 1)
    this.#refused = Math.max(0, this.#refused - 1)
  }

  /** Charges a frame that has no reply: a ping, or a pong that answers none. */
  takeFrame(): Patience {
    try {
      this.take()
      return 'as before'
    } catch {
      return this.refused()
    }
  }

  chargeRecords(records: number): void {
    this.#rates.budgets.chargeRecords(this.#session.payer, records)
  }

  /** Counts a refusal. */
  refused(): Patience {
    const { payer, caller, address } = this.#session
    const { budgets, refusalPace } = this.#rates
    const isFlood = budgets.isFlood(payer)
    if (++this.#refused > maxRefusedInFlood && isFlood) {
      budgets.noteFlood(payer)
      return 'over'
    }
    return refusalPace.delayOf(caller.user ?? address) === 0 ? 'as before' : 'slow'
  }
}
