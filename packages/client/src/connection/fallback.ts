import type { ConnectionError, Symptom } from '../transports/connection-error.ts'
import type { TransportName } from '../transports/transport.ts'

/** Best first. */
export const transportOrder: readonly TransportName[] = ['websocket', 'sse', 'long-poll', 'poll']

/** A link that stayed open this long has shown that its transport works. */
export const healthyAfterMs = 5_000

/** Holds which transport a client uses. transport-downgrade.ts moves down in the order of transports, upgrade-probe.ts moves up. */
export class Fallback {
  readonly #transports: readonly TransportName[]
  #index = 0
  /** How often in a row the current transport failed, by symptom. */
  failures: Partial<Record<Symptom, number>> = {}
  /** How many upgrade probes failed in a row. */
  failedProbes = 0

  constructor(transport: TransportName | 'auto' = 'auto') {
    this.#transports = transport === 'auto' ? transportOrder : [transport]
  }

  get current(): TransportName {
    return this.#transports[this.#index] ?? 'poll'
  }

  /** Best first. */
  get betterTransports(): readonly TransportName[] {
    return this.#transports.slice(0, this.#index)
  }

  /** Whether the transport itself may have ended the link, so that a plain request should check whether the server is reachable. */
  isSuspicious({ symptom }: ConnectionError, livedMs: number): boolean {
    const isEarly = symptom === 'silent' || (symptom !== 'reported' && livedMs < healthyAfterMs)
    return isEarly && this.#index < this.#transports.length - 1
  }

  use(transport: TransportName | undefined): void {
    this.#index = transport === undefined ? 0 : Math.max(0, this.#transports.indexOf(transport))
    this.failures = {}
  }

  /** Starts again with the best transport, since another network has other proxies. */
  restart(): void {
    this.use(this.#transports[0])
    this.failedProbes = 0
  }
}
