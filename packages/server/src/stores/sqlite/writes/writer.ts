import type { ReadMarker, Revocation, StoredProfile } from '../../../ports/accounts.ts'
import type { ApiKey } from '../../../ports/api-keys/api-keys.ts'
import type { IndexedCollection } from '../../../ports/indexing/reindexing.ts'
import { membersCollection, type Opened, type Store } from '../../../ports/store.ts'
import { randomEpoch } from '../../shared/epoch.ts'
import type { Database, SqlValue, Statement } from '../driver/driver.ts'
import { isFlushFailure } from '../driver/sqlite-code.ts'
import type { FileHistory } from '../history/file-history.ts'
import type { IndexSpan } from '../search/reindex-reads.ts'
import { ReindexTable } from '../search/reindex-table.ts'
import { SearchIndex } from '../search/search-index.ts'
import { SearchTable } from '../search/search-table.ts'
import { AccountTable } from '../tables/account-table.ts'
import { ApiKeyTable } from '../tables/api-key-table.ts'
import { ChannelTable } from '../tables/channel-table.ts'
import { ConsumerTable } from '../tables/consumer-table.ts'
import { FileWrites } from '../tables/file-table.ts'
import { OutboxTable } from '../tables/outbox-table.ts'
import { RecordTable } from '../tables/record-table.ts'
import { WebhookNoteTable } from '../tables/webhook-note-table.ts'
import { unpackGroup } from '../wire/wire-group.ts'
import { packOutcomes } from '../wire/wire-outcomes.ts'
import { allOrNone } from './all-or-none.ts'
import { GroupCommit, type Tables } from './group-commit.ts'
import { Sweep } from './sweep.ts'

/** Records in the mark what was committed last. */
export type CommitListener = Pick<FileHistory, 'countChange' | 'note'>

const unheard: CommitListener = { countChange: () => undefined, note: () => undefined }

/** Every change of the file, one transaction per verb, or for several `together`. Each returns when it is flushed. */
export class Writer {
  readonly #database: Database
  readonly #tables: Tables
  readonly #index: SearchIndex
  readonly #reindex: ReindexTable
  readonly #begin: Statement
  readonly #commit: Statement
  readonly sweep: Sweep
  readonly consumers: ConsumerTable
  readonly webhookNotes: WebhookNoteTable
  readonly files: FileWrites
  readonly outbox: OutboxTable
  readonly #accounts: AccountTable
  readonly #apiKeys: ApiKeyTable
  readonly #history: CommitListener
  #flushFailed: string | null = null
  #isTogether = false

  constructor(database: Database, history: CommitListener = unheard) {
    this.#database = database
    this.#history = history
    const search = new SearchTable(database)
    this.#tables = { channels: new ChannelTable(database), records: new RecordTable(database), search }
    this.#index = new SearchIndex(database)
    this.#reindex = new ReindexTable(database, search)
    this.#accounts = new AccountTable(database)
    this.#apiKeys = new ApiKeyTable(database)
    this.sweep = new Sweep(database, { table: search, index: this.#index }, (change) => this.#transaction(change))
    this.consumers = new ConsumerTable(database, (change) => this.#transaction(change))
    this.webhookNotes = new WebhookNoteTable(database, (change) => this.#transaction(change))
    this.files = new FileWrites(database, (change) => this.#transaction(change))
    this.outbox = new OutboxTable(database, (change) => this.#transaction(change))
    this.#begin = database.prepare('BEGIN IMMEDIATE')
    this.#commit = database.prepare('COMMIT')
  }

  commit(packed: readonly SqlValue[]): SqlValue[] {
    const group = unpackGroup(packed)
    const outcomes = this.#transaction(() => this.#group().run(group))
    const last = outcomes.findLastIndex(({ kind }) => kind === 'committed')
    const [unit, outcome] = [group[last], outcomes[last]]
    if (unit !== undefined && outcome?.kind === 'committed')
      this.#history.note({ channel: unit.channel, epoch: outcome.epoch, head: outcome.head }, false)
    return packOutcomes(outcomes)
  }

  /** Does not return the channel's facts: the caller has a connection to read them. */
  open(channel: Parameters<Store['open']>[0]): Pick<Opened, 'made' | 'changes'> {
    const opened = this.#transaction((): Pick<Opened, 'made' | 'changes'> => {
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
    const made = opened.made ? this.#tables.channels.find(channel.name) : null
    if (made !== null) this.#history.note({ channel: channel.name, epoch: made.epoch, head: made.head }, false)
    return opened
  }

  drop(...values: Parameters<Store['drop']>): boolean {
    return this.#changeWhole(() => this.#tables.channels.delete(...values))
  }

  renew(): number {
    return this.#changeWhole(() => this.#tables.channels.renew(randomEpoch))
  }

  saveProfile(profile: StoredProfile): void {
    this.#transaction(() => this.#accounts.saveProfile(profile))
  }

  erase(user: string): void {
    this.#transaction(() => this.#accounts.erase(user))
  }

  revoke(revocation: Revocation): void {
    this.#transaction(() => this.#accounts.revoke(revocation))
  }

  spend(id: string, until: number): boolean {
    return this.#transaction(() => this.#accounts.spend(id, until))
  }

  saveKey(key: ApiKey): void {
    this.#transaction(() => this.#apiKeys.save(key))
  }

  noteKey(id: string, at: number): void {
    this.#transaction(() => this.#apiKeys.note(id, at))
  }

  dropKey(id: string): boolean {
    return this.#transaction(() => this.#apiKeys.drop(id))
  }

  markRead(marker: ReadMarker): number {
    return this.#transaction(() => this.#accounts.mark(marker))
  }

  /** Adds words to the search index, up to `limit` new rows. */
  index(limit: number): ReturnType<SearchIndex['step']> {
    const step = this.#transaction(() => this.#index.step(limit))
    this.#tables.search.refresh()
    return step
  }

  beginReindex(wanted: readonly IndexedCollection[]): void {
    this.#transaction(() => this.#reindex.begin(wanted))
  }

  /** Stores the words of a group that is indexed anew. */
  reindex(span: IndexSpan, words: readonly string[]): void {
    this.#transaction(() => this.#reindex.put(span, words))
  }

  /** How many rows are not in the index yet, and how many are in it under earlier words. */
  unindexed(): { readonly fresh: number; readonly stale: number } {
    return this.#index.unindexed()
  }

  #group(): GroupCommit {
    return new GroupCommit(this.#database, this.#tables, randomEpoch)
  }

  /** Runs a change of whole channels or epochs, which no head shows. */
  #changeWhole<Result>(change: () => Result): Result {
    const result = this.#transaction(() => {
      this.#history.countChange()
      return change()
    })
    this.#history.note(null, true)
    return result
  }

  /**
   * Runs verbs in one transaction: they are flushed at once, when this returns. One that fails has changed nothing, and
   * the others hold. @throws where nothing was committed
   */
  together(verbs: () => void): void {
    this.#transaction(() => {
      this.#isTogether = true
      try {
        verbs()
      } finally {
        this.#isTogether = false
      }
    })
  }

  #part<Result>(change: () => Result): Result {
    // Some failures, such as of a full disk, end the whole transaction; a savepoint would then be one of its own.
    if (!this.#database.isTransaction) throw new Error('the transaction was rolled back')
    return allOrNone(this.#database, change)
  }

  #transaction<Result>(change: () => Result): Result {
    if (this.#isTogether) return this.#part(change)
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
