import { reconnectMs } from '../base/back-off.ts'
import type { Network } from '../base/network.ts'
import type { ConnectionError } from '../transports/connection-error.ts'

/** For this long after the server announced a restart, failures count as part of that restart. */
const restartMs = 60_000
/** The longest pause during a restart: the server, or another node, may be back at any moment. */
const restartBoundMs = 2_000

/** Decides when a lost connection is tried again. */
export class Reconnect {
  readonly #network: Network
  #failures = 0
  #restartUntil = 0

  constructor(network: Network) {
    this.#network = network
  }

  /** Whether failures are expected: a draining node first refuses upgrades, and then cannot be reached. */
  get isRestarting(): boolean {
    return this.#network.clock.now() < this.#restartUntil
  }

  /** The ms until the next attempt; 0 when the server chose this moment for this client and no attempt failed before. */
  delayAfter({ delayMs, isRestart }: ConnectionError): number {
    const { clock, random, limits } = this.#network
    if (isRestart) this.#restartUntil = clock.now() + restartMs
    const failures = this.#failures
    this.#failures += 1
    if (delayMs === 0 && failures === 0) return 0
    const boundMs = this.isRestarting ? restartBoundMs : undefined
    return reconnectMs(failures, random, { readers: limits.readers, boundMs, atLeastMs: delayMs })
  }

  /** The connection stayed open long enough to reset the back-off. */
  succeeded(): void {
    this.#failures = 0
    this.#restartUntil = 0
  }

  /** Resets the back-off, since another network, transport or caller is tried now. */
  startOver(): void {
    this.#failures = 0
  }
}
