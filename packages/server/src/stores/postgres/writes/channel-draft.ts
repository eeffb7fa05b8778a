import type { ChannelFacts, Unit } from '../../../ports/store.ts'
import type { StoredRecord } from '../../../ports/stored-record.ts'
import { randomEpoch } from '../../shared/epoch.ts'
import type { ChannelMarks, ChannelView, Plan, RememberedKey, RowFacts } from '../../shared/plan-unit.ts'
import type { HeldChannel } from './channel-rows.ts'

/** A row as it will be after the group is committed. */
export interface DraftRow {
  readonly record: StoredRecord
  readonly isNew: boolean
  readonly words: string
  /** The index of the first unit that made or changed it: its order within the group, over all channels. */
  readonly turn: number
}

export interface DraftKey extends RememberedKey {
  readonly author: string
  readonly key: string
  readonly at: number
}

/**
 * A channel that the transaction has locked, after the group's units so far. Units are decided on it in
 * memory, so no unit's outcome affects another one; each row is written once.
 */
export class ChannelDraft implements ChannelView {
  readonly number: number
  readonly rows = new Map<string, DraftRow>()
  readonly newKeys = new Map<string, DraftKey>()
  readonly #records = new Map<string, StoredRecord>()
  readonly #keys = new Map<string, RememberedKey>()
  #facts: ChannelFacts | null
  #state: 'as it was' | 'written' = 'as it was'

  constructor(held: HeldChannel) {
    this.number = held.number
    this.#facts = held.deleted ? null : held.facts
  }

  /** The present facts; `null`: there is no channel. */
  get channel(): ChannelFacts | null {
    return this.#facts
  }

  get marks(): ChannelMarks | null {
    return this.#facts
  }

  get isWritten(): boolean {
    return this.#state === 'written'
  }

  /** Adds a record as the database holds it. A record of which only the facts were read has empty data. */
  know(record: StoredRecord): void {
    this.#records.set(slotOf(record.collection, record.id), record)
  }

  knowKey(author: string, key: string, remembered: RememberedKey): void {
    this.#keys.set(slotOf(author, key), remembered)
  }

  facts(collection: string, recordId: string): RowFacts | null {
    return this.record(collection, recordId)
  }

  clash(collection: string, recordId: string): RowFacts | null {
    return this.record(collection, recordId)
  }

  record(collection: string, recordId: string): StoredRecord | null {
    return this.#records.get(slotOf(collection, recordId)) ?? null
  }

  key(author: string, key: string): RememberedKey | null {
    return this.#keys.get(slotOf(author, key)) ?? null
  }

  make(name: string, at: number, { visibility, title }: Pick<ChannelFacts, 'visibility' | 'title'>): ChannelFacts {
    this.#state = 'written'
    const made = { name, epoch: randomEpoch(), head: 0, floor: 0, membersRev: 0, createdAt: at, visibility, title }
    this.#facts = made
    return made
  }

  apply(unit: Unit, plan: Extract<Plan, { readonly kind: 'planned' }>, turn: number): ChannelFacts {
    const channel = this.#facts ?? this.make(unit.channel, unit.at, { visibility: 'public', title: null })
    for (const [index, { kind, record, remember }] of plan.steps.entries()) {
      const write = unit.writes[index]
      if (write === undefined) continue
      if (kind === 'created' || kind === 'changed')
        this.#put({ record, words: record.deleted ? '' : (write.words ?? ''), turn })
      if (remember && write.key !== undefined) {
        const { key, fingerprint } = write.key
        const remembered = { author: write.author, key, fingerprint, collection: record.collection }
        this.#remember({ ...remembered, recordId: record.id, at: unit.at })
      }
    }
    if (plan.head > channel.head) this.#state = 'written'
    this.#facts = { ...channel, head: plan.head, membersRev: plan.membersRev }
    return this.#facts
  }

  #put({ record, words, turn }: Omit<DraftRow, 'isNew'>): void {
    const slot = slotOf(record.collection, record.id)
    const earlier = this.rows.get(slot)
    const isNew = earlier?.isNew ?? !this.#records.has(slot)
    this.rows.set(slot, { record, words, isNew, turn: earlier?.turn ?? turn })
    this.#records.set(slot, record)
  }

  #remember(key: DraftKey): void {
    const slot = slotOf(key.author, key.key)
    this.newKeys.set(slot, key)
    this.#keys.set(slot, key)
  }
}

/** The key of a Map: neither part contains a space. */
function slotOf(first: string, second: string): string {
  return `${first} ${second}`
}
