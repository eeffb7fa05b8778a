/**
 * How many channels one may create. Each stays in everybody's list, so their number is bounded more tightly than that of
 * commands, and by address too, because one person may be many guests.
 */
import type { Limits } from 'dovetail-protocol'
import type { Clock } from '../../ports/clock.ts'
import type { Payer } from './budgets.ts'
import { RateLimit, requireNoWait } from './rate-limit.ts'

/** The users of one address together may create as many channels as so many users. */
const usersOfAnAddress = 20

export class Creations {
  readonly #users: RateLimit
  readonly #addresses: RateLimit

  constructor(clock: Clock, { channels, channelsBurst }: Pick<Limits, 'channels' | 'channelsBurst'>) {
    this.#users = new RateLimit(clock, channels / 60, channelsBurst)
    this.#addresses = new RateLimit(
      clock,
      (channels / 60) * usersOfAnAddress,
      Math.min(Number.MAX_SAFE_INTEGER, channelsBurst * usersOfAnAddress),
    )
  }

  /** Counts one new channel; throws `rate_limited`. `address`: `null` where the caller is in this process. */
  take({ user, role }: Payer['caller'], address: string | null): void {
    if (role === 'service') return
    const seconds =
      (user === null ? 0 : this.#users.take(user)) || (address === null ? 0 : this.#addresses.take(address))
    requireNoWait(seconds, 'Too many new channels.')
  }
}
