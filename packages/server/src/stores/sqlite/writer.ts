import type { ReadMarker, Revocation } from '../../ports/accounts.ts'
import { membersCollection, type Opened, type Store, type StoredProfile } from '../../ports/store.ts'
import { randomEpoch } from '../epoch.ts'
import { AccountTable } from './account-table.ts'
import { ChannelTable } from './channel-table.ts'
import type { Database, SqlValue, Statement } from './driver.ts'
import { GroupCommit, type Tables } from './group-commit.ts'
import { RecordTable } from './record-table.ts'
import { SearchIndex } from './search-index.ts'
import { SearchTable } from './search-table.ts'
import { isFlushFailure } from './sqlite-code.ts'
import { Sweep } from './sweep.ts'
import { unpackGroup } from './wire-group.ts'
import { packOutcomes } from './wire-outcomes.ts'

/** Everything that changes the file, one transaction a verb. Each returns when it is flushed. */
export class Writer {
  readonly #database: Database
  readonly #tables: Tables
  readonly #index: SearchIndex
  readonly #saveProfile: Statement
  readonly #begin: Statement
  readonly #commit: Statement
  readonly sweep: Sweep
  readonly #accounts: AccountTable
  #flushFailed: string | null = null

  constructor(database: Database) {
    this.#database = database
    const search = new SearchTable(database)
    this.#tables = { channels: new ChannelTable(database), records: new RecordTable(database), search }
    this.#index = new SearchIndex(database)
    this.#accounts = new AccountTable(database)
    this.sweep = new Sweep(database, { table: search, index: this.#index }, (change) => this.#transaction(change))
    this.#begin = database.prepare('BEGIN IMMEDIATE')
    this.#commit = database.prepare('COMMIT')
    this.#saveProfile = database.prepare(
      'INSERT OR REPLACE INTO profiles (user, name, avatar, about, guest) VALUES (?, ?, ?, ?, ?)',
    )
  }

  commit(packed: readonly SqlValue[]): SqlValue[] {
    const group = unpackGroup(packed)
    return packOutcomes(this.#transaction(() => this.#group().run(group)))
  }

  /** The channel's facts are read by the caller, who has a connection for that. */
  open(channel: Parameters<Store['open']>[0]): Pick<Opened, 'made' | 'changes'> {
    return this.#transaction(() => {
      if (this.#tables.channels.find(channel.name) !== null) return { made: false, changes: [] }
      const { name, at, visibility, title, owner } = channel
      this.#tables.channels.make({ name, epoch: randomEpoch(), at, visibility, title })
      if (owner === null) return { made: true, changes: [] }
      const { recordId, author, data } = owner
      const write = { collection: membersCollection, recordId, effect: 'put', data, author, expectRev: 0 } as const
      const [outcome] = this.#group().run([{ channel: name, at, writes: [write], make: false, membersRev: null }])
      if (outcome?.kind !== 'committed') throw new Error('a new channel refused its owner')
      return { made: true, changes: outcome.results.map((written) => written.record) }
    })
  }

  drop(name: string): boolean {
    return this.#transaction(() => this.#tables.channels.bury(name))
  }

  renew(): number {
    return this.#transaction(() => this.#tables.channels.renew(randomEpoch))
  }

  saveProfile({ user, name, avatar, about, guest }: StoredProfile): void {
    this.#transaction(() => this.#saveProfile.run(user, name, avatar, about, guest ? 1 : 0))
  }

  revoke(revocation: Revocation): void {
    this.#transaction(() => this.#accounts.revoke(revocation))
  }

  spend(id: string, until: number): boolean {
    return this.#transaction(() => this.#accounts.spend(id, until))
  }

  markRead(marker: ReadMarker): number {
    return this.#transaction(() => this.#accounts.mark(marker))
  }

  /** Carries words into the search index, new ones up to `limit`. */
  index(limit: number): ReturnType<SearchIndex['step']> {
    const step = this.#transaction(() => this.#index.step(limit))
    this.#tables.search.refresh()
    return step
  }

  /** How many rows are not in the index, and how many are there under other words than theirs. */
  uncarried(): { readonly fresh: number; readonly stale: number } {
    return this.#index.uncarried()
  }

  #group(): GroupCommit {
    return new GroupCommit(this.#database, this.#tables, randomEpoch)
  }

  #transaction<Result>(change: () => Result): Result {
    if (this.#flushFailed !== null) throw new Error(this.#flushFailed)
    this.#begin.run()
    try {
      const result = change()
      this.#commit.run()
      return result
    } catch (error) {
      if (isFlushFailure(error)) this.#flushFailed = 'the disk failed to flush: nothing is written until a restart'
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK')
      this.#tables.search.refresh()
      throw error
    }
  }
}
