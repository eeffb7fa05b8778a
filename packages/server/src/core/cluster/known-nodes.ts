/** The other nodes, as each of them reported last. A node that is silent for a while is forgotten: it ended, or is cut off. */
import type { NodeReport } from '../../ports/backbone.ts'
import type { Clock } from '../../ports/clock.ts'

export interface KnownNode {
  readonly report: NodeReport
  /** Milliseconds since the Unix epoch. */
  readonly heardAt: number
}

/** How often nodes report, in ms. */
export const reportMs = 2000
/** Five reports may be lost in a row. */
const silentMs = 5 * reportMs
/** So that no flood of names fills the memory. */
const maxNodes = 200

export class KnownNodes {
  readonly #clock: Pick<Clock, 'now' | 'monotonic'>
  readonly #nodes = new Map<string, KnownNode & { readonly monotonic: number }>()

  constructor(clock: Pick<Clock, 'now' | 'monotonic'>) {
    this.#clock = clock
  }

  heard(report: NodeReport): void {
    // Moved to the end, so that the first one is the one that has been silent for the longest.
    this.#nodes.delete(report.name)
    this.#nodes.set(report.name, { report, heardAt: this.#clock.now(), monotonic: this.#clock.monotonic() })
    for (const name of this.#nodes.keys()) {
      if (this.#nodes.size <= maxNodes) break
      this.#nodes.delete(name)
    }
  }

  /** Those that were heard of lately, by name. */
  get all(): KnownNode[] {
    const oldest = this.#clock.monotonic() - silentMs
    for (const [name, { monotonic }] of this.#nodes) if (monotonic < oldest) this.#nodes.delete(name)
    return [...this.#nodes.values()].sort((a, b) => (a.report.name < b.report.name ? -1 : 1))
  }
}
