import type { Unit, UnitOutcome, Write } from '../../../ports/store.ts'
import { type ChannelView, type Plan, planUnit, type Step } from '../../shared/plan-unit.ts'
import type { Database } from '../driver/driver.ts'
import { isUniqueness, sqliteCode } from '../driver/sqlite-code.ts'
import type { SearchTable } from '../search/search-table.ts'
import type { ChannelTable, OpenChannel } from '../tables/channel-table.ts'
import type { RecordTable } from '../tables/record-table.ts'
import { allOrNone } from './all-or-none.ts'

export interface Tables {
  readonly channels: ChannelTable
  readonly records: RecordTable
  readonly search: SearchTable
}

interface Touched {
  channel: OpenChannel | null
  view: ChannelView
  /** The time of the last unit committed to the channel; `null`: there was none. */
  at: number | null
}

const nothing: ChannelView = { facts: () => null, clash: () => null, record: () => null, key: () => null }

/** The units of one transaction, each planned and applied in turn. Channel rows are read once and written once. */
export class GroupCommit {
  readonly #database: Database
  readonly #tables: Tables
  readonly #newEpoch: () => string
  readonly #touched = new Map<string, Touched>()

  constructor(database: Database, tables: Tables, newEpoch: () => string) {
    this.#database = database
    this.#tables = tables
    this.#newEpoch = newEpoch
  }

  /**
   * Runs within a transaction. @throws SQLite's errors that concern the file itself: the whole group is
   * rolled back then.
   */
  run(group: readonly Unit[]): UnitOutcome[] {
    const outcomes = group.map((unit) => this.#runUnit(unit))
    for (const { channel, at } of this.#touched.values()) {
      if (channel !== null && at !== null) this.#tables.channels.advance(channel, at)
    }
    return outcomes
  }

  #runUnit(unit: Unit): UnitOutcome {
    const touched = this.#touch(unit.channel)
    try {
      const { channel } = touched
      const plan = planUnit(unit, channel, touched.view)
      if (plan.kind === 'refused') return plan
      // A unit that may fail after its first change needs a savepoint.
      const whole = channel === null || plan.steps.length > 1
      touched.channel = whole
        ? this.#allOrNone(() => this.#apply(unit, plan, channel))
        : this.#apply(unit, plan, channel)
      if (channel === null) touched.view = this.#viewOf(touched.channel)
      touched.at = unit.at
      const results = plan.steps.map(({ kind, record }) => ({ kind, record }))
      return { kind: 'committed', epoch: touched.channel.epoch, head: plan.head, results }
    } catch (cause) {
      // An id that was generated for its write and exists nevertheless.
      if (isUniqueness(cause)) return { kind: 'refused', reason: 'conflict', write: 0 }
      if (sqliteCode(cause) !== null) throw cause
      return { kind: 'failed', cause }
    }
  }

  #touch(name: string): Touched {
    let touched = this.#touched.get(name)
    if (touched === undefined) {
      const channel = this.#tables.channels.find(name)
      touched = { channel, view: this.#viewOf(channel), at: null }
      this.#touched.set(name, touched)
    }
    return touched
  }

  #viewOf(channel: OpenChannel | null): ChannelView {
    return channel === null ? nothing : this.#tables.records.view(channel.number)
  }

  #apply(unit: Unit, plan: Extract<Plan, { kind: 'planned' }>, there: OpenChannel | null): OpenChannel {
    const channel = there ?? this.#make(unit)
    for (const [index, step] of plan.steps.entries()) {
      const write = unit.writes[index]
      if (write !== undefined) this.#applyStep(channel.number, step, write, unit.at)
    }
    return { ...channel, head: plan.head, membersRev: plan.membersRev }
  }

  #applyStep(channel: number, step: Step, write: Write, at: number): void {
    const row = this.#put(channel, step)
    const words = step.record.deleted ? '' : (write.words ?? '')
    // A new record without words needs no entry.
    if (row !== null && (words !== '' || step.kind === 'changed')) {
      this.#tables.search.note(channel, row, step.record, words)
    }
    if (step.remember) this.#tables.records.remember(channel, write, at, row)
  }

  /** The number of the row that was written; `null`: none was. */
  #put(channel: number, step: Step): number | null {
    if (step.kind === 'created') return this.#tables.records.insert(channel, step.record)
    if (step.kind === 'changed') return this.#tables.records.update(channel, step.record)
    return null
  }

  #make(unit: Unit): OpenChannel {
    const { channel: name, at } = unit
    return this.#tables.channels.make({ name, epoch: this.#newEpoch(), at, visibility: 'public', title: null })
  }

  #allOrNone<Result>(change: () => Result): Result {
    try {
      return allOrNone(this.#database, change)
    } catch (error) {
      this.#tables.search.refresh()
      throw error
    }
  }
}
