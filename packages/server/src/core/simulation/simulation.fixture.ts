/**
 * Random histories of one channel, written by this node and by others, and readers who start anywhere, are slow, are cut
 * off and come back. Each reader checks every range that it gets; at the end its records are compared with a fresh read.
 */
import { type AnyRecord, parseCursor } from 'dovetail-protocol'
import type { Store } from '../../ports/store.ts'
import type { StoredRecord } from '../../ports/stored-record.ts'
import { encodeRecord } from '../../wire/record.ts'
import { Failure } from '../rules/failure.ts'
import { deleteChannel } from '../write/channels.ts'
import { write } from '../write/write.ts'
import { type CoreWorld, callerOf, coreWorld } from './core-world.fixture.ts'
import { HeldStore } from './held-store.fixture.ts'
import { SimulatedReader } from './simulated-reader.fixture.ts'

const channel = 'chat:law'
const ids = ['a', 'b', 'c', 'd', 'e', 'f', 'g']

/** A small seeded generator (mulberry32): 0 ≤ n < 1. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** The data of a write: a number and a text, or a piece of the text. */
export function dataOf(op: string, recordId: string, random: () => number): unknown {
  const n = Math.floor(random() * 1000)
  if (op === 'append') return [{ op, path: `/${recordId}`, value: `${n} é ` }]
  return { n, [recordId]: 'a text that is longer than what is added to it: é' }
}

export interface SimulationOptions {
  readonly seed: number
  readonly steps: number
  readonly store: Store
  /** Whether answers of the store may be late and out of order. */
  readonly lateAnswers: boolean
}

export class Simulation {
  readonly #options: SimulationOptions
  readonly #random: () => number
  readonly #held: HeldStore
  readonly #world: CoreWorld
  readonly #readers: SimulatedReader[] = []
  readonly #underWay = new Set<Promise<unknown>>()
  readonly #gapSubscribers: (() => void)[] = []
  #keys = 0

  constructor(options: SimulationOptions) {
    this.#options = options
    this.#random = seeded(options.seed)
    this.#held = new HeldStore(options.store)
    const backbone = {
      publish: () => {},
      listen: async () => () => {},
      onNotification: () => {},
      onGap: (onGap: () => void) => this.#gapSubscribers.push(onGap),
      probe: async () => {},
      close: async () => {},
    }
    this.#world = coreWorld({ store: this.#held.store, backbone, catchUp: 3, limits: { replyBytes: 65_536 } })
  }

  /** Runs the history, ends the faults, and throws where a reader and the store differ. */
  async run(): Promise<void> {
    for (let i = 0; i < 5; i++) this.#readers.push(new SimulatedReader(this.#world.core, channel, this.#random))
    for (let step = 0; step < this.#options.steps; step++) await this.#step()
    await this.#settle()
    const { core } = this.#world
    core.hubs.stop()
    if (this.#world.reports.length > 0) throw new Error(`reported: ${this.#world.reports.join('; ')}`)
  }

  async #step(): Promise<void> {
    const dice = this.#random()
    if (dice < 0.34) this.#begin(this.#write())
    else if (dice < 0.42) await this.#foreignWrite()
    else if (dice < 0.62) this.#pick(this.#readers).take()
    else if (dice < 0.7) this.#begin(this.#pick(this.#readers).connect())
    else if (dice < 0.75) this.#pick(this.#readers).cut()
    else if (dice < 0.8) this.#pick(this.#readers).makeRoom()
    else if (dice < 0.81) this.#begin(this.#drop())
    else if (dice < 0.815) await this.#foreignDrop()
    else if (dice < 0.82) await this.#options.store.renew()
    else if (dice < 0.835) await this.#options.store.purge({ keys: 0, tombstones: this.#world.clock.now() })
    else if (dice < 0.86) for (const onGap of this.#gapSubscribers) onGap()
    else if (dice < 0.9 && this.#options.lateAnswers) this.#held.hold('changes', 'channel', 'lookup')
    else if (dice < 0.95) this.#held.releaseOne()
    else await this.#world.clock.pass(Math.floor(this.#random() * 40))
    if (this.#random() < 0.3) this.#held.release()
    if (this.#random() < 0.5) this.#world.clock.turn()
    if (this.#random() < 0.5) await new Promise((resolve) => setImmediate(resolve))
    this.#world.clock.spend(1)
  }

  #begin(promise: Promise<unknown>): void {
    const settled = promise.finally(() => this.#underWay.delete(settled))
    this.#underWay.add(settled)
    // A failure is thrown when all is gathered.
    settled.catch((error: unknown) => this.#world.reports.push(String(error)))
  }

  async #write(): Promise<void> {
    const recordId = this.#pick(ids)
    const op = this.#pick(['create', 'put', 'put', 'patch', 'append', 'append', 'append', 'delete'] as const)
    // Now and then a key comes a second time.
    if (this.#random() < 0.7) this.#keys++
    const key = this.#random() < 0.3 ? { key: `k${this.#keys}` } : {}
    const target = op === 'create' ? {} : { recordId }
    try {
      await write(this.#world.core, callerOf('ana'), {
        op,
        channel,
        collection: 'messages',
        ...target,
        ...key,
        ...(op === 'delete' ? {} : { data: dataOf(op, recordId, this.#random) }),
      })
    } catch (error) {
      const known = ['not_found', 'gone', 'key_reused', 'exists', 'invalid_data']
      if (!(error instanceof Failure) || !known.includes(error.code)) throw error
    }
  }

  /** Another node commits; its notification arrives whole, in part, late, or never. */
  async #foreignWrite(): Promise<void> {
    const { store } = this.#options
    const count = 1 + Math.floor(this.#random() * 3)
    const changes: StoredRecord[] = []
    let epoch = ''
    for (let i = 0; i < count; i++) {
      const recordId = this.#pick(ids)
      const found = await store.lookup(channel, [{ collection: 'messages', recordId }])
      const before = found.records[0] ?? null
      const effect = before !== null && !before.deleted && this.#random() < 0.4 ? 'delete' : 'put'
      const data = effect === 'delete' ? '' : JSON.stringify({ foreign: Math.floor(this.#random() * 1000) })
      const one = {
        collection: 'messages',
        recordId,
        effect,
        data,
        author: 'bob',
        expectRev: before?.rev ?? 0,
      } as const
      const [outcome] = await store.commit([
        { channel, at: this.#world.clock.now(), writes: [one], make: true, membersRev: null },
      ])
      if (outcome?.kind !== 'committed') continue
      epoch = outcome.epoch
      changes.push(...outcome.results.map(({ record }) => record))
    }
    const heard = this.#pick([changes, changes.slice(-1), changes.slice(0, 1), []])
    if (this.#random() < 0.2) heard.reverse()
    const { hubs } = this.#world.core
    if (heard.length > 0) hubs.applyChanges(channel, epoch, heard)
  }

  async #drop(): Promise<void> {
    await deleteChannel(this.#world.core, callerOf('root', 'admin'), channel).catch((error: unknown) => {
      if (!(error instanceof Failure) || error.code !== 'not_found') throw error
    })
  }

  /** Another node deletes the channel, and the notification is lost. */
  async #foreignDrop(): Promise<void> {
    await this.#options.store.drop(channel)
  }

  /** Ends the faults: calls under way finish, and every reader comes back and reads to the head. */
  async #settle(): Promise<void> {
    this.#held.release()
    while (this.#underWay.size > 0) await this.#breathe()
    for (const onGap of this.#gapSubscribers) onGap()
    await this.#world.done(Promise.resolve())
    const fresh = await this.#freshRead()
    for (const reader of this.#readers) await this.#drain(reader, fresh)
  }

  async #drain(reader: SimulatedReader, fresh: Fresh): Promise<void> {
    for (let round = 0; round < 2000; round++) {
      if (!reader.isConnected) await this.#world.done(reader.connect())
      reader.makeRoom()
      reader.takeAll()
      if (reader.isConnected && reader.cursor === fresh.cursor) {
        reader.compare(fresh.records)
        return
      }
      await this.#breathe()
    }
    throw new Error(`a reader stays at ${reader.cursor}, the head is ${fresh.cursor}: ${reader.story}`)
  }

  async #breathe(): Promise<void> {
    await this.#world.clock.pass(5)
    await new Promise((resolve) => setImmediate(resolve))
  }

  async #freshRead(): Promise<Fresh> {
    const page = await this.#options.store.page({
      channel,
      collection: 'messages',
      from: { after: 0 },
      limit: 10_000,
      bytes: 10_000_000,
    })
    if (page === null) return { cursor: '0', records: [] }
    const { epoch, head } = page.channel
    return {
      cursor: `${epoch}.${head}`,
      records: page.records.map((record) => JSON.parse(encodeRecord(record)) as AnyRecord),
    }
  }

  #pick<Item>(items: readonly Item[]): Item {
    return items[Math.floor(this.#random() * items.length)] as Item
  }
}

interface Fresh {
  readonly cursor: string
  readonly records: readonly AnyRecord[]
}

/** The revision of a cursor that a server gave. */
export function revOf(cursor: string): number {
  const parsed = parseCursor(cursor)
  if (parsed === null) throw new Error(`no cursor: ${cursor}`)
  return parsed.rev
}
