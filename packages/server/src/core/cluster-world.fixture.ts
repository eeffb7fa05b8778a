import { type Faults, FaultyBackbone } from '../backbones/faulty.fixture.ts'
import { MemoryBus } from '../backbones/memory.ts'
import type { Accounts } from '../ports/accounts.ts'
import { openMemoryStore } from '../stores/memory.ts'
import { MemoryAccounts } from '../stores/memory-accounts.ts'
import { type CoreWorld, coreWorld } from './core-world.fixture.ts'
import { HandClock } from './hand-clock.fixture.ts'
import { HeldStore } from './held-store.fixture.ts'
import { TouchedStore } from './touched-store.fixture.ts'

export interface ClusterNode extends CoreWorld {
  readonly backbone: FaultyBackbone
  /** What this node is answered by the store. */
  readonly held: HeldStore
  /** Callers whose readings were cut since they were revoked: how often that was asked for. */
  cuts: number
}

export interface ClusterOptions {
  readonly nodes?: number
  readonly faults?: Partial<Faults>
  readonly random?: () => number
  /** Changes of one read of the store. */
  readonly catchUp?: number
  /** A planted bug where false: nobody asks the store what was touched. */
  readonly looks?: boolean
}

/** Several nodes in one process: one store, one time, and a backbone as faulty as it may be. */
export class ClusterWorld {
  readonly clock = new HandClock()
  readonly touched = new TouchedStore(openMemoryStore())
  readonly accounts: Accounts = new MemoryAccounts(this.touched.store)
  readonly nodes: readonly ClusterNode[]
  readonly #looks: boolean

  constructor(options: ClusterOptions = {}) {
    this.#looks = options.looks ?? true
    const bus = new MemoryBus()
    const faults = { lost: 0, repeated: 0, delayed: 0, delayMs: 0, ...options.faults }
    this.nodes = Array.from({ length: options.nodes ?? 2 }, (_none, index) => {
      const backbone = new FaultyBackbone(bus.join(), faults, this.clock, options.random ?? (() => 0.5))
      const held = new HeldStore(this.touched.store)
      const { clock, touched: watch, accounts } = this
      const own = { store: held.store, backbone, idPrefix: `node${index}-` }
      const world = coreWorld({ ...own, watch, clock, accounts, catchUp: options.catchUp ?? 100 })
      return { ...world, backbone, held, cuts: 0 }
    })
  }

  /** Every node begins, and looks once a second from then on. */
  async begin(): Promise<this> {
    for (const node of this.nodes) {
      await node.core.neighbours.begin(() => {
        node.cuts++
      })
    }
    if (this.#looks) this.#lookAgain()
    return this
  }

  #lookAgain(): void {
    this.clock.after(1000, () => {
      for (const { core } of this.nodes) core.neighbours.look()
      this.#lookAgain()
    })
  }

  get reports(): readonly string[] {
    return this.nodes.flatMap(({ reports }) => reports)
  }

  node(index: number): ClusterNode {
    const node = this.nodes[index]
    if (node === undefined) throw new Error(`there is no node ${index}`)
    return node
  }
}
