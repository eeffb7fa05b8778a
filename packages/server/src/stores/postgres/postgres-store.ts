import type { Accounts, OwnChannel, ReadMarker, Revocation, StoredProfile } from '../../ports/accounts.ts'
import type {
  ChangesQuery,
  ChangesRead,
  ChannelFacts,
  LogPosition,
  Lookup,
  Opened,
  PageQuery,
  RecordPage,
  SearchQuery,
  SearchRead,
  Store,
  StoreFigures,
  SurplusQuery,
  Target,
  Unit,
  UnitOutcome,
} from '../../ports/store.ts'
import { StoreUnavailable } from '../../ports/store.ts'
import type { StoreWatch, Touched } from '../../ports/watch.ts'
import { isContention } from '../../postgres/failure.ts'
import type { Connections, Link } from './connection/connections.ts'
import type { History } from './history/history.ts'
import { BulkReads } from './reads/bulk-reads.ts'
import { PointReads } from './reads/point-reads.ts'
import { SearchReads } from './reads/search-reads.ts'
import { PostgresReindexing } from './reindexing/reindexing.ts'
import { PostgresWatch } from './watch.ts'
import { AccountRows } from './writes/account-rows.ts'
import { ApiKeyRows } from './writes/api-key-rows.ts'
import { deleteChannel, deleteUnusedChannel, insertChannelRows, renewChannels } from './writes/channel-rows.ts'
import { ConsumerRows } from './writes/consumer-rows.ts'
import { FileRows } from './writes/file-rows.ts'
import { commitGroup, openChannel, RowsMissing } from './writes/group-commit.ts'
import { Sweep } from './writes/sweep.ts'
import { WebhookNoteRows } from './writes/webhook-note-rows.ts'

/** How often a transaction that was rolled back because of others is tried. */
const attempts = 5

export interface PostgresParts {
  /** How many of the newest records a search reads one by one before it uses the index. */
  readonly newestLookedAt: number
  readonly history: History
}

type Transaction<Result> = (link: Link, commit: () => Promise<void>) => Promise<Result>

/** The log in a database that many processes share. Each call is one statement, or one transaction of a few. */
export class PostgresStore implements Store, Accounts, StoreWatch {
  readonly reindexing: PostgresReindexing
  readonly apiKeys: ApiKeyRows
  readonly consumers: ConsumerRows
  readonly webhookNotes: WebhookNoteRows
  readonly files: FileRows
  readonly #connections: Connections
  readonly #history: History
  readonly #point: PointReads
  readonly #bulk: BulkReads
  readonly #searches: SearchReads
  readonly #accounts: AccountRows
  readonly #watch: PostgresWatch
  readonly #sweep: Sweep
  readonly #underWay = new Set<Promise<unknown>>()
  #state: 'open' | 'closed' = 'open'
  #sweeping: Promise<void> = Promise.resolve()
  #committing: Promise<unknown> = Promise.resolve()

  constructor(connections: Connections, { newestLookedAt, history }: PostgresParts) {
    this.#connections = connections
    this.#history = history
    this.#point = new PointReads(connections)
    this.#bulk = new BulkReads(connections)
    this.#searches = new SearchReads(connections, newestLookedAt)
    this.#accounts = new AccountRows(connections)
    this.#watch = new PostgresWatch(connections, history)
    this.#sweep = new Sweep(connections)
    this.reindexing = new PostgresReindexing(connections)
    this.apiKeys = new ApiKeyRows(connections)
    this.consumers = new ConsumerRows(connections)
    this.webhookNotes = new WebhookNoteRows(connections)
    this.files = new FileRows(connections)
    // Deletes what a drop had left when its process ended.
    this.#sweepGarbage()
  }

  /** What is recorded in the database of its history: no other database has it. */
  get historyId(): string {
    return this.#history.id
  }

  /**
   * Groups are committed one after the other, so that revisions come in the order begun; a group takes
   * all units that wait.
   */
  commit(group: readonly Unit[]): Promise<readonly UnitOutcome[]> {
    const before = this.#committing
    const commit = this.#during(async () => {
      await before
      return await this.#commit(group)
    })
    this.#committing = commit.catch(() => undefined)
    return commit
  }

  open(channel: Parameters<Store['open']>[0]): Promise<Opened> {
    return this.#during(() => this.#write((link, commit) => openChannel(link, channel, commit)))
  }

  async drop(name: string, unused?: LogPosition): Promise<boolean> {
    const dropped = await this.#during(() =>
      unused === undefined
        ? this.#connections.write(deleteChannel, [name])
        : this.#connections.write(deleteUnusedChannel, [name, unused.epoch, unused.head]),
    )
    if (dropped.length > 0) this.#sweepGarbage()
    return dropped.length > 0
  }

  channel(name: string): Promise<ChannelFacts | null> {
    return this.#during(() => this.#point.channel(name))
  }

  channels(query: Parameters<Store['channels']>[0]): Promise<readonly ChannelFacts[]> {
    return this.#during(() => this.#point.channels(query))
  }

  recentChannels(limit: number): Promise<readonly ChannelFacts[]> {
    return this.#during(() => this.#point.recentChannels(limit))
  }

  lookup(channel: string, targets: readonly Target[], key?: { author: string; key: string }): Promise<Lookup> {
    return this.#during(() => this.#point.lookup(channel, targets, key))
  }

  page(query: PageQuery): Promise<RecordPage | null> {
    return this.#during(() => this.#bulk.page(query))
  }

  changes(query: ChangesQuery): Promise<ChangesRead | null> {
    return this.#during(() => this.#bulk.changes(query))
  }

  snapshot(query: Parameters<Store['snapshot']>[0]): ReturnType<Store['snapshot']> {
    return this.#during(() => this.#bulk.snapshot(query))
  }

  surplus(query: SurplusQuery): Promise<number | null> {
    return this.#during(() => this.#bulk.surplus(query))
  }

  search(query: SearchQuery): Promise<SearchRead> {
    return this.#during(() => this.#searches.search(query))
  }

  purge(before: Parameters<Store['purge']>[0]): Promise<{ keys: number; tombstones: number }> {
    return this.#during(async () => ({
      keys: await this.#sweep.keys(before.keys),
      tombstones: before.tombstones === null ? 0 : await this.#sweep.tombstones(before.tombstones),
    }))
  }

  async renew(): Promise<number> {
    return (await this.#during(() => this.#connections.write(renewChannels, []))).length
  }

  profiles(users: readonly string[]): Promise<readonly StoredProfile[]> {
    return this.#during(() => this.#accounts.profiles(users))
  }

  profile(user: string): Promise<StoredProfile | null> {
    return this.#during(() => this.#accounts.profile(user))
  }

  saveProfile(profile: StoredProfile): Promise<void> {
    return this.#during(() => this.#accounts.saveProfile(profile))
  }

  erase(user: string): Promise<void> {
    return this.#during(() => this.#accounts.erase(user))
  }

  revoke(revocation: Revocation): Promise<void> {
    return this.#during(() => this.#accounts.revoke(revocation))
  }

  revocations(now: number): Promise<readonly Revocation[]> {
    return this.#during(() => this.#accounts.revocations(now))
  }

  spend(id: string, until: number): Promise<boolean> {
    return this.#during(() => this.#accounts.spend(id, until))
  }

  markRead(marker: ReadMarker): Promise<number> {
    return this.#during(() => this.#accounts.markRead(marker))
  }

  channelsOf(query: Parameters<Accounts['channelsOf']>[0]): Promise<readonly OwnChannel[]> {
    return this.#during(() => this.#accounts.channelsOf(query))
  }

  unread(query: Parameters<Accounts['unread']>[0]): Promise<number> {
    return this.#during(() => this.#accounts.unread(query))
  }

  touched(mark: string | null): Promise<Touched> {
    return this.#during(() => this.#watch.touched(mark))
  }

  async figures(): Promise<StoreFigures> {
    return { pools: this.#connections.pools }
  }

  async close(): Promise<void> {
    if (this.#state === 'closed') return
    this.#state = 'closed'
    await Promise.allSettled(this.#underWay)
    await this.#sweeping
    await this.#connections.close()
  }

  async #during<Result>(run: () => Promise<Result>): Promise<Result> {
    if (this.#state === 'closed') throw new StoreUnavailable('the store is closed')
    const call = run()
    this.#underWay.add(call)
    try {
      return await call
    } finally {
      this.#underWay.delete(call)
    }
  }

  async #commit(group: readonly Unit[]): Promise<readonly UnitOutcome[]> {
    try {
      return await this.#write((link, commit) => commitGroup(link, group, commit))
    } catch (error) {
      if (error instanceof StoreUnavailable) throw error
      return group.length > 1 ? await this.#commitEach(group) : group.map(() => ({ kind: 'failed', cause: error }))
    }
  }

  /** The database refused the data of one unit; a transaction for each unit shows which one. */
  async #commitEach(group: readonly Unit[]): Promise<readonly UnitOutcome[]> {
    const outcomes: UnitOutcome[] = []
    for (const unit of group) {
      try {
        outcomes.push(...(await this.#commit([unit])))
      } catch (cause) {
        outcomes.push({ kind: 'failed', cause })
      }
    }
    return outcomes
  }

  /**
   * Runs a transaction; again where it was rolled back because of others, or where rows to lock have to
   * be inserted first.
   */
  async #write<Result>(change: Transaction<Result>): Promise<Result> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#connections.transaction(change)
      } catch (error) {
        if (error instanceof RowsMissing) await this.#connections.write(insertChannelRows, [error.channels])
        else if (!isContention(error)) throw error
        else if (attempt >= attempts)
          throw new StoreUnavailable('the database undid it again and again', { cause: error })
      }
    }
  }

  /** A failure here fails the next call too, which reports it; the rest is deleted after the next opening. */
  #sweepGarbage(): void {
    const before = this.#sweeping
    const sweep = async (): Promise<void> => {
      await before
      while (this.#state === 'open' && (await this.#sweep.droppedChannels()));
    }
    this.#sweeping = sweep().catch(() => undefined)
  }
}
