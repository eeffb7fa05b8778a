import type { ChannelFacts, LogPosition, Write } from '../../ports/store.ts'
import type { StoredRecord } from '../../ports/stored-record.ts'
import { isUntouched } from '../shared/is-untouched.ts'
import type { ChannelMarks, ChannelView, Plan, RememberedKey, RowFacts } from '../shared/plan-unit.ts'
import { ChangeLog } from './change-log.ts'
import { MemoryCollection } from './memory-collection.ts'
import type { MemoryRow } from './memory-row.ts'

interface TimedKey extends RememberedKey {
  readonly at: number
}

/** What a channel may keep beyond its live records; the oldest is deleted first. */
export interface MemoryBounds {
  readonly tombstones: number
  readonly keys: number
}

type NewFacts = Pick<ChannelFacts, 'name' | 'epoch' | 'createdAt' | 'visibility' | 'title'>

/** One channel: its facts, its records by id, by `pos` and by `rev`, and the keys that it remembers. */
export class MemoryChannel implements ChannelView {
  /** Higher in channels that were written later. */
  touched = 0
  #facts: ChannelFacts
  readonly #bounds: MemoryBounds
  readonly #collections = new Map<string, MemoryCollection>()
  readonly #log = new ChangeLog()
  /** In the order remembered, the oldest first. The map's key is author, space, key: neither part contains a space. */
  readonly #keys = new Map<string, TimedKey>()
  #rows = 0

  constructor(facts: NewFacts, bounds: MemoryBounds) {
    this.#facts = { ...facts, head: 0, floor: 0, membersRev: 0 }
    this.#bounds = bounds
  }

  get channelFacts(): ChannelFacts {
    return this.#facts
  }

  get marks(): ChannelMarks {
    return this.#facts
  }

  facts(collection: string, recordId: string): RowFacts | null {
    return this.record(collection, recordId)
  }

  clash(collection: string, recordId: string): RowFacts | null {
    return this.record(collection, recordId)
  }

  record(collection: string, recordId: string): StoredRecord | null {
    return this.#collections.get(collection)?.byId.get(recordId)?.record ?? null
  }

  key(author: string, key: string): RememberedKey | null {
    return this.#keys.get(`${author} ${key}`) ?? null
  }

  /** Carries out a plan that was made for the channel's present state. */
  apply(plan: Extract<Plan, { readonly kind: 'planned' }>, writes: readonly Write[], nextOrder: () => number): void {
    if (plan.head === this.#facts.head) return
    this.#facts = { ...this.#facts, head: plan.head, membersRev: plan.membersRev }
    for (const [index, step] of plan.steps.entries()) {
      const words = step.record.deleted ? '' : (writes[index]?.words ?? '')
      const padded = words === '' ? '' : ` ${words} `
      if (step.kind === 'created') this.#create(step.record, nextOrder(), padded)
      else if (step.kind === 'changed') this.#change(step.record, padded)
    }
    this.#boundTombstones()
  }

  remember(author: string, key: string, known: TimedKey): void {
    this.#keys.delete(`${author} ${key}`)
    this.#keys.set(`${author} ${key}`, known)
    // Several at once: deleting only the first key of a Map, again and again, walks over every slot deleted before.
    if (this.#keys.size > this.#bounds.keys) this.#forget((_known, index) => index < this.#bounds.keys / 8)
  }

  /** Returns how many keys were forgotten. */
  forgetBefore(at: number): number {
    return this.#forget((known) => known.at < at)
  }

  /**
   * Returns how many tombstones were purged. A tombstone that a remembered key names is kept: a replay
   * answers with it.
   */
  purgeBefore(at: number): number {
    if (this.#tombstones() === 0) return 0
    const named = new Set<StoredRecord | null>()
    for (const known of this.#keys.values()) named.add(this.record(known.collection, known.recordId))
    return this.#dropTombstones((record) => record.updatedAt < at && !named.has(record))
  }

  renew(epoch: string): void {
    this.#facts = { ...this.#facts, epoch }
  }

  isUnusedAt({ epoch, head }: LogPosition): boolean {
    if (this.#facts.epoch !== epoch || this.#facts.head !== head) return false
    return isUntouched(this.#facts) || [...this.changesAfter(0)].every(({ deleted }) => deleted)
  }

  *changesAfter(rev: number): Generator<StoredRecord, undefined> {
    for (const row of this.#log.after(rev)) yield row.record
    return undefined
  }

  /** Matching rows, the newest first within each collection. */
  search(collection: string | null, parts: readonly string[], order: number, limit: number): readonly MemoryRow[] {
    const within = collection === null ? [...this.#collections.values()] : [this.collection(collection)]
    return within.flatMap((one) => one.search(parts, order, limit))
  }

  collection(name: string): MemoryCollection {
    return this.#collections.get(name) ?? emptyCollection
  }

  #create(record: StoredRecord, order: number, words: string): void {
    let collection = this.#collections.get(record.collection)
    if (collection === undefined) {
      collection = new MemoryCollection()
      this.#collections.set(record.collection, collection)
    }
    this.#rows++
    this.#log.append(collection.add(record, order, words), true)
  }

  #change(record: StoredRecord, words: string): void {
    const collection = this.#collections.get(record.collection)
    const row = collection?.byId.get(record.id)
    if (collection === undefined || row === undefined) throw new Error('a change of a record that is not there')
    collection.change(row, record, words)
    this.#log.append(row, false)
  }

  /** Drops half of the tombstones at once, so that many deletes share the cost of one walk over the log. */
  #boundTombstones(): void {
    const tombstones = this.#tombstones()
    const live = this.#rows - tombstones
    if (tombstones > Math.max(this.#bounds.tombstones, live))
      this.#dropTombstones((_record, index) => index < tombstones / 2)
  }

  #tombstones(): number {
    let sum = 0
    for (const collection of this.#collections.values()) sum += collection.tombstones
    return sum
  }

  /** `drop` is called in rising revision; `index` counts the tombstones. */
  #dropTombstones(drop: (record: StoredRecord, index: number) => boolean): number {
    const rows = new Set<MemoryRow>()
    let floor = this.#facts.floor
    let index = 0
    for (const row of this.#log.after(0)) {
      if (!row.record.deleted || !drop(row.record, index++)) continue
      rows.add(row)
      floor = Math.max(floor, row.record.rev)
    }
    if (rows.size === 0) return 0
    for (const collection of this.#collections.values()) collection.remove(rows)
    this.#log.remove((row) => rows.has(row))
    this.#rows -= rows.size
    this.#facts = { ...this.#facts, floor }
    return rows.size
  }

  #forget(forget: (known: TimedKey, index: number) => boolean): number {
    const before = this.#keys.size
    let index = 0
    for (const [name, known] of this.#keys) {
      if (!forget(known, index++)) break
      this.#keys.delete(name)
    }
    return before - this.#keys.size
  }
}

const emptyCollection = new MemoryCollection()
