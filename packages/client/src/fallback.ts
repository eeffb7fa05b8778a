import type { Loss, TransportName } from './transports/transport.ts'

/** Best first. */
export const ladder: readonly TransportName[] = ['websocket', 'sse', 'long-poll', 'poll']

/** A link that lived so long has shown that its transport works here. */
export const healthyAfterMs = 5_000

const probeBaseMs = 30_000
const probeCapMs = 600_000

/** How often in a row a transport may fail in one way, while plain requests pass, until the next one down is used. */
const patience: Record<Loss['how'], number> = { refused: 2, silent: 1, died: 3, told: Number.POSITIVE_INFINITY }

/**
 * Which transport to use. Steps down when one fails while the server can be reached by plain requests (a
 * server that restarts can't be, so a restart demotes nobody), and says when to look further up again.
 */
export class Fallback {
  readonly #rungs: readonly TransportName[]
  #level = 0
  #failures: Record<Loss['how'], number> = { refused: 0, silent: 0, died: 0, told: 0 }
  #probes = 0

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
  suspects(loss: Loss, livedMs: number): boolean {
    return (loss.how === 'silent' || (loss.how !== 'told' && livedMs < healthyAfterMs)) && this.#level < this.#rungs.length - 1
  }

  /** The transport failed although the server can be reached. */
  failed(how: Loss['how']): void {
    this.#failures[how] += 1
    if (this.#failures[how] < patience[how]) return
    this.#level = Math.min(this.#level + 1, this.#rungs.length - 1)
    this.#forgive()
  }

  worked(): void {
    this.#forgive()
  }

  /** The probe of a better transport lived: use it from now on. */
  promote(transport: TransportName): void {
    this.#level = Math.max(0, this.#rungs.indexOf(transport))
    this.#probes = 0
    this.#forgive()
  }

  /** Another network, other proxies: begin at the top. */
  restart(): void {
    this.#level = 0
    this.#probes = 0
    this.#forgive()
  }

  /** When to look further up; doubles each time. */
  nextProbeMs(random: () => number): number {
    const bound = Math.min(probeCapMs, probeBaseMs * 2 ** this.#probes)
    this.#probes += 1
    return bound * (0.75 + random() / 4)
  }

  #forgive(): void {
    this.#failures = { refused: 0, silent: 0, died: 0, told: 0 }
  }
}
