import type { DovetailError } from '../base/errors.ts'
import type { Network } from '../base/network.ts'
import { nothing } from '../base/nothing.ts'
import type { ConnectionError } from '../transports/connection-error.ts'
import type { Fallback } from './fallback.ts'
import { Reconnect } from './reconnect.ts'
import type { ConnectionEvent } from './transitions.ts'

/** A refused token is renewed once, and again only after a connection that lasted this long. */
const renewedAgainAfterMs = 60_000
/** The least pause before `getToken` is called again after it failed. */
const renewAgainMs = 1000

/** What recovery needs of the connection. */
export interface Recovering {
  isWanted(): boolean
  step(event: ConnectionEvent, retryInMs?: number, error?: DovetailError | null): void
  changed(): void
}

/** Decides what follows a lost link: an end, a new token, a pause, or another transport. */
export class Recovery {
  readonly #network: Network
  readonly #fallback: Fallback
  readonly #connection: Recovering
  readonly #reconnect: Reconnect
  #renewed = false

  constructor(network: Network, fallback: Fallback, connection: Recovering) {
    this.#network = network
    this.#fallback = fallback
    this.#connection = connection
    this.#reconnect = new Reconnect(network)
  }

  /** `livedMs`: how long the link was open. */
  lost(lost: ConnectionError, livedMs: number): void {
    if (livedMs >= renewedAgainAfterMs) this.#renewed = false
    switch (lost.next) {
      case 'denied':
      case 'fatal':
        this.#connection.step(lost.next, 0, lost.error)
        return
      case 'fresh_token':
        this.#renew(lost)
        return
      case 'retry':
        this.#retry(lost, livedMs)
    }
  }

  /** The connection stayed open long enough to count failures from 0 again. */
  succeeded(): void {
    this.#reconnect.succeeded()
    this.#fallback.failures = {}
  }

  /** Another network is tried now, or, with `isOtherToken`, another caller. */
  startOver(isOtherToken = false): void {
    if (isOtherToken) this.#renewed = false
    this.#reconnect.startOver()
  }

  #retry(lost: ConnectionError, livedMs: number): void {
    this.#connection.step('lost', this.#reconnect.delayAfter(lost))
    if (globalThis.navigator?.onLine === false) this.#connection.step('offline')
    if (!this.#reconnect.isRestarting && this.#fallback.isSuspicious(lost, livedMs)) this.#downgrade(lost)
  }

  #renew(lost: ConnectionError): void {
    const { signIn } = this.#network
    if (this.#renewed || !signIn.canRenew) {
      this.#connection.step('denied', 0, lost.error)
      return
    }
    // The next attempt waits for a `getToken` that has not answered yet, and calls it again where it failed.
    this.#connection.step('lost', this.#reconnect.delayAfter({ ...lost, delayMs: renewAgainMs }))
    signIn.replaceRefused().then(
      () => {
        this.#renewed = true
        this.#connection.step('due')
      },
      nothing, // The source can't be reached, so nobody knows whether its token is good.
    )
  }

  #downgrade(lost: ConnectionError): void {
    import('./transport-downgrade.ts')
      .then(({ downgradeTransport }) => downgradeTransport(this.#network, this.#fallback, lost))
      .then((isOther) => {
        if (!isOther || !this.#connection.isWanted()) return
        this.#reconnect.startOver()
        this.#connection.changed()
        // A `Retry-After` holds for the other transports, too.
        if (lost.error.retryAfter === null) this.#connection.step('due')
      })
      .catch(nothing) // The code can't be loaded: the next loss tries again.
  }
}
