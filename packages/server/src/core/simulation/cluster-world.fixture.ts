import { type Faults, FaultyBackbone } from '../../backbones/memory/faulty.fixture.ts'
import { MemoryBus } from '../../backbones/memory/memory-backbone.ts'
import type { Accounts } from '../../ports/accounts.ts'
import { MemoryAccounts } from '../../stores/memory/memory-accounts.ts'
import { MemoryConsumers } from '../../stores/memory/memory-consumers.ts'
import { openMemoryStore } from '../../stores/memory/memory-store.ts'
import { type CoreWorld, coreWorld } from './core-world.fixture.ts'
import { HandClock } from './hand-clock.fixture.ts'
import { HeldStore } from './held-store.fixture.ts'
import { TouchedStore } from './touched-store.fixture.ts'

export interface ClusterNode extends CoreWorld {
  readonly backbone: FaultyBackbone
  /** The store's answers to this node. */
  readonly held: HeldStore
  /** How often this node was asked to end the reading of revoked callers. */
  cuts: number
}

export interface ClusterOptions {
  readonly nodes?: number
  readonly faults?: Partial<Faults>
  readonly random?: () => number
  /** Changes of one read of the store. */
  readonly catchUp?: number
  /** A planted bug where false: nobody asks the store what was touched. */
  readonly checks?: boolean
}

/** Several nodes in one process with one store, one clock and a backbone with the given faults. */
export class ClusterWorld {
  readonly clock = new HandClock()
  readonly touched = new TouchedStore(openMemoryStore())
  readonly accounts: Accounts = new MemoryAccounts(this.touched.store)
  readonly consumers = new MemoryConsumers(this.clock.monotonic)
  readonly nodes: readonly ClusterNode[]
  readonly #checks: boolean

  constructor(options: ClusterOptions = {}) {
    this.#checks = options.checks ?? true
    const bus = new MemoryBus()
    const faults = { lost: 0, repeated: 0, delayed: 0, delayMs: 0, ...options.faults }
    this.nodes = Array.from({ length: options.nodes ?? 2 }, (_none, index) => {
      const backbone = new FaultyBackbone(bus.join(), faults, this.clock, options.random ?? (() => 0.5))
      const held = new HeldStore(this.touched.store)
      const { clock, touched: watch, accounts, consumers } = this
      const own = { store: held.store, backbone, idPrefix: `node${index}-` }
      const world = coreWorld({ ...own, watch, clock, accounts, consumers, catchUp: options.catchUp ?? 100 })
      return { ...world, backbone, held, cuts: 0 }
    })
  }

  /** Every node begins, and checks the store once a second from then on. */
  async begin(): Promise<this> {
    for (const node of this.nodes) {
      await node.core.peers.begin(() => {
        node.cuts++
      })
    }
    if (this.#checks) this.#checkAgain()
    return this
  }

  #checkAgain(): void {
    this.clock.after(1000, () => {
      for (const { core } of this.nodes) core.peers.check()
      this.#checkAgain()
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
