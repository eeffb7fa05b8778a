/**
 * Slows down who goes on asking however often it is refused: each refusal costs this process time that others wait for,
 * and a peer that waits for its reply asks for nothing else on that connection.
 */
import type { Clock } from '../../ports/clock.ts'
import { RateLimit } from './rate-limit.ts'

/** Refusals for a rate that are told at once: in a burst, and a second after that. */
const burst = 300
const perSecond = 50
/** Less than any `Retry-After`, so that who heeds that one waits no longer for it. */
const delayMs = 500

export class RefusalPace {
  readonly #refusals: RateLimit

  constructor(clock: Clock) {
    this.#refusals = new RateLimit(clock, perSecond, burst)
  }

  /** Counts a refusal of this user or address. Returns the milliseconds that its reply has to wait; mostly 0. */
  delayOf(peer: string): number {
    return this.#refusals.take(peer) === 0 ? 0 : delayMs
  }
}
