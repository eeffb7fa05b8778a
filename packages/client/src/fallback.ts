import type { Loss, TransportName } from './transports/transport.ts'

/** Best first. */
export const ladder: readonly TransportName[] = ['websocket', 'sse', 'long-poll', 'poll']

/** A link that lived so long has shown that its transport works here. */
export const healthyAfterMs = 5_000

/** Which transport to use: where on the ladder a client stands. What moves it down is in suspicion.ts, up in look-up.ts. */
export class Fallback {
  readonly #rungs: readonly TransportName[]
  #level = 0
  /** How often in a row the current one failed, by the way it did. */
  failures: Partial<Record<Loss['how'], number>> = {}
  /** How often better ones were tried in vain. */
  vain = 0

  constructor(transport: TransportName | 'auto' = 'auto') {
    this.#rungs = transport === 'auto' ? ladder : [transport]
  }

  get current(): TransportName {
    return this.#rungs[this.#level] ?? 'poll'
  }

  /** The better ones than the current, best first. */
  get above(): readonly TransportName[] {
    return this.#rungs.slice(0, this.#level)
  }

  /** Whether such a loss may be this transport's own fault, so that it is worth asking whether the server is there. */
  suspects({ how }: Loss, livedMs: number): boolean {
    const early = how === 'silent' || (how !== 'told' && livedMs < healthyAfterMs)
    return early && this.#level < this.#rungs.length - 1
  }

  use(transport: TransportName | undefined): void {
    this.#level = transport === undefined ? 0 : Math.max(0, this.#rungs.indexOf(transport))
    this.failures = {}
  }

  /** Another network, other proxies: begin at the top. */
  restart(): void {
    this.use(this.#rungs[0])
    this.vain = 0
  }
}
