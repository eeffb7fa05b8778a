/**
 * Random histories of one channel on several nodes. Every node writes and is read from; notifications are lost,
 * repeated, delayed and reordered; readers go from node to node. Then the writing ends, but not the faults: within the
 * given time every reader must hold what a fresh read gives.
 */
import type { AnyRecord } from 'dovetail-protocol'
import type { Faults } from '../../backbones/memory/faulty.fixture.ts'
import { encodeRecord } from '../../wire/record.ts'
import { Failure } from '../rules/failure.ts'
import { deleteChannel } from '../write/channels.ts'
import { write } from '../write/write.ts'
import { type ClusterNode, ClusterWorld } from './cluster-world.fixture.ts'
import { callerOf } from './core-world.fixture.ts'
import { SimulatedReader } from './simulated-reader.fixture.ts'
import { dataOf, seeded } from './simulation.fixture.ts'

const channel = 'chat:law'
const ids = ['a', 'b', 'c', 'd', 'e', 'f', 'g']

export interface ClusterSimulationOptions {
  readonly seed: number
  readonly steps: number
  readonly faults: Faults
  /** Whether the channel is deleted and its log renewed now and then; where not, nobody may be reset. */
  readonly endings: boolean
  /** A planted bug where false: nobody asks the store what was touched. */
  readonly checks?: boolean
  /** How long after the last acknowledged write every reader must hold everything. */
  readonly settledWithinMs: number
}

export class ClusterSimulation {
  readonly #options: ClusterSimulationOptions
  readonly #random: () => number
  readonly #world: ClusterWorld
  readonly #readers: readonly SimulatedReader[]
  readonly #underWay = new Set<Promise<unknown>>()
  readonly #problems: string[] = []

  constructor(options: ClusterSimulationOptions) {
    this.#options = options
    this.#random = seeded(options.seed)
    const { faults, checks = true } = options
    this.#world = new ClusterWorld({ nodes: 3, faults, checks, random: this.#random, catchUp: 3 })
    this.#readers = Array.from({ length: 6 }, () => new SimulatedReader(this.#node().core, channel, this.#random))
  }

  /** Throws where a reader misses a change, gets one twice, or does not hold what the store has in time. */
  async run(): Promise<void> {
    await this.#world.begin()
    for (let step = 0; step < this.#options.steps; step++) await this.#step()
    for (const node of this.#world.nodes) node.held.release()
    while (this.#underWay.size > 0) await this.#pass(5)
    await this.#readToTheEnd()
    for (const { core } of this.#world.nodes) core.hubs.stop()
    const resets = this.#readers.filter((reader) => reader.resets > 0 && !this.#options.endings)
    this.#problems.push(...resets.map(({ story }) => `reset though its log goes on: ${story}`))
    const problems = [...this.#problems, ...this.#world.reports]
    if (problems.length > 0) throw new Error(problems.join('; '))
  }

  async #step(): Promise<void> {
    const dice = this.#random()
    if (dice < 0.4) this.#begin(this.#write())
    else if (dice < 0.6) this.#pick(this.#readers).take()
    else if (dice < 0.72) this.#begin(this.#connect())
    else if (dice < 0.76) this.#pick(this.#readers).cut()
    else if (dice < 0.83) this.#pick(this.#readers).makeRoom()
    else if (dice < 0.845) await this.#end(dice)
    else if (dice < 0.87) this.#node().held.hold('changes', 'channel', 'lookup')
    else if (dice < 0.92) this.#node().held.releaseOne()
    else await this.#pass(Math.floor(this.#random() * 60))
    if (this.#random() < 0.1) this.#node().held.release()
    if (this.#random() < 0.5) this.#world.clock.turn()
    if (this.#random() < 0.5) await new Promise((resolve) => setImmediate(resolve))
    this.#world.clock.spend(1)
  }

  #begin(promise: Promise<unknown>): void {
    const settled = promise
      .catch((error: unknown) => this.#problems.push(String(error)))
      .finally(() => this.#underWay.delete(settled))
    this.#underWay.add(settled)
  }

  async #connect(): Promise<void> {
    const reader = this.#pick(this.#readers)
    if (!reader.isConnected) reader.moveTo(this.#node().core)
    await reader.connect()
  }

  async #write(): Promise<void> {
    const recordId = this.#pick(ids)
    const op = this.#pick(['create', 'put', 'put', 'patch', 'append', 'append', 'append', 'delete'] as const)
    const target = op === 'create' ? {} : { recordId }
    const data = op === 'delete' ? {} : { data: dataOf(op, recordId, this.#random) }
    const command = { op, channel, collection: 'messages', ...target, ...data }
    await refusable(write(this.#node().core, callerOf('ana'), command), ['not_found', 'gone', 'invalid_data'])
  }

  async #end(dice: number): Promise<void> {
    if (!this.#options.endings) return
    if (dice < 0.84) this.#begin(this.#drop())
    else await this.#world.touched.store.renew()
  }

  async #drop(): Promise<void> {
    await refusable(deleteChannel(this.#node().core, callerOf('root', 'admin'), channel), ['not_found'])
  }

  async #readToTheEnd(): Promise<void> {
    const { clock } = this.#world
    for (const reader of this.#readers) await this.#back(reader)
    // Now everybody reads; what comes last has to reach them by itself.
    for (let last = 0; last < 5; last++) this.#begin(this.#write())
    while (this.#underWay.size > 0) await this.#pass(1)
    const until = clock.monotonic() + this.#options.settledWithinMs
    const fresh = await this.#freshRead()
    for (const reader of this.#readers) {
      while (reader.cursor !== fresh.cursor) {
        if (clock.monotonic() > until) throw new Error(`stays at ${reader.cursor} of ${fresh.cursor}: ${reader.story}`)
        reader.makeRoom()
        reader.takeAll()
        if (!reader.isConnected) await this.#back(reader)
        else await this.#pass(5)
      }
      reader.compare(fresh.records)
    }
  }

  async #back(reader: SimulatedReader): Promise<void> {
    this.#begin(reader.connect())
    while (this.#underWay.size > 0) await this.#pass(1)
  }

  async #freshRead(): Promise<{ readonly cursor: string; readonly records: readonly AnyRecord[] }> {
    const bounds = { limit: 10_000, bytes: 10_000_000 }
    const { store } = this.#world.touched
    const page = await store.page({ channel, collection: 'messages', from: { after: 0 }, ...bounds })
    if (page === null) return { cursor: '0', records: [] }
    const records = page.records.map((record) => JSON.parse(encodeRecord(record)) as AnyRecord)
    return { cursor: `${page.channel.epoch}.${page.channel.head}`, records }
  }

  async #pass(ms: number): Promise<void> {
    await this.#world.clock.pass(ms)
    await new Promise((resolve) => setImmediate(resolve))
  }

  #node(): ClusterNode {
    return this.#pick(this.#world.nodes)
  }

  #pick<Item>(items: readonly Item[]): Item {
    return items[Math.floor(this.#random() * items.length)] as Item
  }
}

async function refusable(promise: Promise<unknown>, codes: readonly string[]): Promise<void> {
  try {
    await promise
  } catch (error) {
    if (!(error instanceof Failure) || !codes.includes(error.code)) throw error
  }
}
