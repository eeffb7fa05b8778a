import type { Accounts, OwnChannel, ReadMarker, Revocation, StoredProfile } from '../../ports/accounts.ts'
import type {
  ChangesQuery,
  ChangesRead,
  ChannelFacts,
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
import type { Database, Driver } from './driver/driver.ts'
import { Checkpoints, type Disk } from './file/checkpoints.ts'
import { SqliteReindexing } from './reindexing.ts'
import { SearchIndexer } from './search/search-indexer.ts'
import { SqliteApiKeys } from './sqlite-api-keys.ts'
import { SqliteConsumers } from './sqlite-consumers.ts'
import { SqliteFiles } from './sqlite-files.ts'
import { SqliteOutbox } from './sqlite-outbox.ts'
import { SqliteWebhookNotes } from './sqlite-webhook-notes.ts'
import { Sweeping } from './sweeping.ts'
import { ApiKeyReads } from './tables/api-key-table.ts'
import { ConsumerReads } from './tables/consumer-table.ts'
import { FileReads } from './tables/file-table.ts'
import { OutboxProbe } from './tables/outbox-table.ts'
import { PointReads } from './tables/point-reads.ts'
import { WebhookNoteReads } from './tables/webhook-note-table.ts'
import type { ReaderThread } from './threads/reader-thread.ts'
import type { WriterThread } from './threads/writer-thread.ts'
import { packGroup } from './wire/wire-group.ts'
import { unpackOutcomes } from './wire/wire-outcomes.ts'
import { unpackChanges, unpackPage, unpackSnapshot } from './wire/wire-reads.ts'

export interface SqliteParts {
  readonly writer: WriterThread
  readonly reader: ReaderThread
  /**
   * Starts another reader for searches, so that slow searches do not delay other reads. Called with the
   * first search.
   */
  readonly startSearcher: () => Promise<ReaderThread>
  /** A read-only connection of the calling thread. */
  readonly database: Database
  /** What made all connections. */
  readonly driver: Pick<Driver, 'isOwn' | 'name'>
  readonly disk: Disk
  readonly unlock: () => void
}

/** Writes go to one thread and reads that may be large to another; point reads run in the calling thread. */
export class SqliteStore implements Store, Accounts {
  readonly reindexing: SqliteReindexing
  readonly apiKeys: SqliteApiKeys
  readonly consumers: SqliteConsumers
  readonly webhookNotes: SqliteWebhookNotes
  readonly files: SqliteFiles
  readonly outbox: SqliteOutbox
  readonly #parts: SqliteParts
  readonly #reads: PointReads
  readonly #searchIndexer: SearchIndexer
  readonly #checkpoints: Checkpoints
  readonly #sweeping: Sweeping
  #state: 'open' | 'closed' = 'open'
  #searcher: Promise<ReaderThread> | null = null

  constructor(parts: SqliteParts) {
    this.#parts = parts
    this.#reads = new PointReads(parts.database)
    this.#searchIndexer = new SearchIndexer({
      unindexed: () => parts.writer.call('unindexed'),
      index: (limit) => parts.writer.call('index', limit),
    })
    this.#checkpoints = new Checkpoints((options) => parts.reader.call('checkpoint', options), parts.disk)
    this.#sweeping = new Sweeping(parts, (write) => this.#written(write))
    this.reindexing = new SqliteReindexing({
      writer: parts.writer,
      reader: parts.reader,
      indexer: this.#searchIndexer,
      written: (write) => this.#written(write),
    })
    const calls: Pick<ConstructorParameters<typeof SqliteApiKeys>[0], 'writer' | 'written' | 'read'> = {
      writer: parts.writer,
      written: (write) => this.#written(write),
      read: (read) => this.#read(read),
    }
    this.apiKeys = new SqliteApiKeys({ ...calls, reads: new ApiKeyReads(parts.database) })
    const consumers = new ConsumerReads(parts.database)
    this.consumers = new SqliteConsumers({ ...calls, reader: parts.reader, reads: consumers })
    this.webhookNotes = new SqliteWebhookNotes({ ...calls, reads: new WebhookNoteReads(parts.database) })
    this.files = new SqliteFiles({ ...calls, reads: new FileReads(parts.database) })
    const { reader, driver } = parts
    this.outbox = new SqliteOutbox({ ...calls, reader, driver, probe: new OutboxProbe(parts.database) })
    // Deletes what a drop had left when the process ended.
    this.#sweeping.droppedChannels()
  }

  async commit(group: readonly Unit[]): Promise<readonly UnitOutcome[]> {
    this.#checkOpen()
    const space = this.#checkpoints.waitForSpace()
    if (space !== null) await space
    const packed = packGroup(group)
    const outcomes = unpackOutcomes(await this.#written(this.#parts.writer.call('commit', packed), group), group)
    this.#searchIndexer.note(group)
    return outcomes
  }

  async open(channel: Parameters<Store['open']>[0]): Promise<Opened> {
    this.#checkOpen()
    const opened = await this.#written(this.#parts.writer.call('open', channel))
    return { ...opened, channel: this.#channel(channel.name) }
  }

  async drop(...values: Parameters<Store['drop']>): Promise<boolean> {
    this.#checkOpen()
    const dropped = await this.#written(this.#parts.writer.call('drop', ...values))
    if (dropped) this.#sweeping.droppedChannels()
    return dropped
  }

  async channel(name: string): Promise<ChannelFacts | null> {
    return this.#read(() => this.#reads.channel(name))
  }

  async channels(query: Parameters<Store['channels']>[0]): Promise<readonly ChannelFacts[]> {
    this.#checkOpen()
    return await this.#parts.reader.call('channels', query)
  }

  async recentChannels(limit: number): Promise<readonly ChannelFacts[]> {
    this.#checkOpen()
    return await this.#parts.reader.call('recentChannels', limit)
  }

  async lookup(channel: string, targets: readonly Target[], key?: { author: string; key: string }): Promise<Lookup> {
    return this.#read(() => this.#reads.lookup(channel, targets, key))
  }

  async page(query: PageQuery): Promise<RecordPage | null> {
    this.#checkOpen()
    return unpackPage(await this.#parts.reader.call('page', query))
  }

  async changes(query: ChangesQuery): Promise<ChangesRead | null> {
    this.#checkOpen()
    return unpackChanges(await this.#parts.reader.call('changes', query))
  }

  async snapshot(query: Parameters<Store['snapshot']>[0]): ReturnType<Store['snapshot']> {
    this.#checkOpen()
    return unpackSnapshot(await this.#parts.reader.call('snapshot', query))
  }

  async surplus(query: SurplusQuery): Promise<number | null> {
    this.#checkOpen()
    return await this.#parts.reader.call('surplus', query)
  }

  async search(query: SearchQuery): Promise<SearchRead> {
    this.#checkOpen()
    return await (await this.#startedSearcher()).call('search', query)
  }

  async purge(before: Parameters<Store['purge']>[0]): Promise<{ keys: number; tombstones: number }> {
    this.#checkOpen()
    const keys = await this.#sweeping.keys(before.keys)
    const tombstones = before.tombstones === null ? 0 : await this.#sweeping.tombstones(before.tombstones)
    return { keys, tombstones }
  }

  async renew(): Promise<number> {
    this.#checkOpen()
    return await this.#written(this.#parts.writer.call('renew'))
  }

  async profile(user: string): Promise<StoredProfile | null> {
    return this.#read(() => this.#reads.profile(user))
  }

  async profiles(users: readonly string[]): Promise<readonly StoredProfile[]> {
    return this.#read(() => users.flatMap((user) => this.#reads.profile(user) ?? []))
  }

  async saveProfile(profile: StoredProfile): Promise<void> {
    this.#checkOpen()
    await this.#written(this.#parts.writer.call('saveProfile', profile))
  }

  async erase(user: string): Promise<void> {
    this.#checkOpen()
    await this.#written(this.#parts.writer.call('erase', user))
  }

  async revoke(revocation: Revocation): Promise<void> {
    this.#checkOpen()
    await this.#written(this.#parts.writer.call('revoke', revocation))
  }

  async revocations(now: number): Promise<readonly Revocation[]> {
    this.#checkOpen()
    return await this.#parts.reader.call('revocations', now)
  }

  async spend(id: string, until: number): Promise<boolean> {
    this.#checkOpen()
    return await this.#written(this.#parts.writer.call('spend', id, until))
  }

  async markRead(marker: ReadMarker): Promise<number> {
    this.#checkOpen()
    return await this.#written(this.#parts.writer.call('markRead', marker))
  }

  async channelsOf(query: Parameters<Accounts['channelsOf']>[0]): Promise<readonly OwnChannel[]> {
    this.#checkOpen()
    return await this.#parts.reader.call('channelsOf', query)
  }

  async unread(query: Parameters<Accounts['unread']>[0]): Promise<number> {
    this.#checkOpen()
    return await this.#parts.reader.call('unread', query)
  }

  async figures(): Promise<StoreFigures> {
    return { logBytes: await this.#parts.disk.logFileBytes() }
  }

  async close(): Promise<void> {
    if (this.#state === 'closed') return
    this.#state = 'closed'
    await this.#sweeping.close()
    await this.#searchIndexer.close()
    await this.#checkpoints.close()
    const searcher = await this.#searcher?.catch(() => null)
    const { writer, reader, database, unlock } = this.#parts
    database.close()
    // A thread that has died has nothing left to finish.
    await reader.call('stop').catch(() => undefined)
    await searcher?.call('stop').catch(() => undefined)
    await writer.call('stop').catch(() => undefined)
    await Promise.all([reader.end(), writer.end(), searcher?.end()])
    unlock()
  }

  #checkOpen(): void {
    if (this.#state === 'closed') throw new StoreUnavailable('the store is closed')
  }

  /** The result of a write. Counts it for the log's length, and requests a checkpoint after a full disk. */
  async #written<Result>(write: Promise<Result>, group: readonly Unit[] = []): Promise<Result> {
    try {
      const result = await write
      this.#checkpoints.note(group)
      return result
    } catch (error) {
      this.#checkpoints.refused(error)
      throw error
    }
  }

  #read<Result>(read: () => Result): Result {
    this.#checkOpen()
    try {
      return read()
    } catch (cause) {
      throw new StoreUnavailable('the file can not be read', { cause })
    }
  }

  #channel(name: string): ChannelFacts {
    const channel = this.#read(() => this.#reads.channel(name))
    if (channel === null) throw new StoreUnavailable(`the channel ${name} was dropped while it was opened`)
    return channel
  }

  /** A searcher that could not start is tried again with the next search. */
  #startedSearcher(): Promise<ReaderThread> {
    this.#searcher ??= this.#parts.startSearcher().catch((error) => {
      this.#searcher = null
      throw error
    })
    return this.#searcher
  }
}
