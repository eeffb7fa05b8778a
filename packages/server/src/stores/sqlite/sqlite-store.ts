import type { Accounts, OwnChannel, ReadMarker, Revocation } from '../../ports/accounts.ts'
import type {
  ChangesQuery,
  ChangesRead,
  ChannelFacts,
  Look,
  Opened,
  PageQuery,
  RecordPage,
  SearchQuery,
  SearchRead,
  Store,
  StoredProfile,
  Target,
  Unit,
  UnitOutcome,
} from '../../ports/store.ts'
import { StoreUnavailable } from '../../ports/store.ts'
import { Checkpoints, type Disk } from './checkpoints.ts'
import type { Database } from './driver.ts'
import { PointReads } from './point-reads.ts'
import type { ReaderThread } from './reader-thread.ts'
import { SearchCarrier } from './search-carrier.ts'
import type { KeyPlace } from './sweep.ts'
import { packGroup } from './wire-group.ts'
import { unpackOutcomes } from './wire-outcomes.ts'
import { unpackChanges, unpackPage, unpackSnapshot } from './wire-reads.ts'
import type { WriterThread } from './writer-thread.ts'

export interface SqliteParts {
  readonly writer: WriterThread
  readonly reader: ReaderThread
  /** Another reader, for searches: the slowest reads shall not make catching up wait. Called with the first search. */
  readonly startSearcher: () => Promise<ReaderThread>
  /** A read-only connection of the calling thread. */
  readonly database: Database
  readonly disk: Disk
  readonly unlock: () => void
}

/** Writes go to one thread, reads that may be large to another, point reads are done on the spot. */
export class SqliteStore implements Store, Accounts {
  readonly #parts: SqliteParts
  readonly #reads: PointReads
  readonly #carrier: SearchCarrier
  readonly #checkpoints: Checkpoints
  #state: 'open' | 'closed' = 'open'
  #sweeping: Promise<void> | null = null
  #searcher: Promise<ReaderThread> | null = null

  constructor(parts: SqliteParts) {
    this.#parts = parts
    this.#reads = new PointReads(parts.database)
    this.#carrier = new SearchCarrier(parts.writer)
    this.#checkpoints = new Checkpoints((options) => parts.reader.call('checkpoint', options), parts.disk)
    // What a drop left when the process ended is taken up again.
    this.#sweep()
  }

  async commit(group: readonly Unit[]): Promise<readonly UnitOutcome[]> {
    this.#checkOpen()
    const room = this.#checkpoints.room()
    if (room !== null) await room
    const packed = packGroup(group)
    const outcomes = unpackOutcomes(await this.#written(this.#parts.writer.call('commit', packed), group), group)
    this.#carrier.note(group)
    return outcomes
  }

  async open(channel: Parameters<Store['open']>[0]): Promise<Opened> {
    this.#checkOpen()
    const opened = await this.#written(this.#parts.writer.call('open', channel))
    return { ...opened, channel: this.#channel(channel.name) }
  }

  async drop(name: string): Promise<boolean> {
    this.#checkOpen()
    const dropped = await this.#written(this.#parts.writer.call('drop', name))
    if (dropped) this.#sweep()
    return dropped
  }

  async channel(name: string): Promise<ChannelFacts | null> {
    return this.#read(() => this.#reads.channel(name))
  }

  async channels(query: Parameters<Store['channels']>[0]): Promise<readonly ChannelFacts[]> {
    this.#checkOpen()
    return await this.#parts.reader.call('channels', query)
  }

  async look(channel: string, targets: readonly Target[], key?: { author: string; key: string }): Promise<Look> {
    return this.#read(() => this.#reads.look(channel, targets, key))
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

  async search(query: SearchQuery): Promise<SearchRead> {
    this.#checkOpen()
    return await (await this.#startedSearcher()).call('search', query)
  }

  async purge(before: Parameters<Store['purge']>[0]): Promise<{ keys: number; tombstones: number }> {
    this.#checkOpen()
    const keys = await this.#purgeKeys(before.keys)
    const tombstones = before.tombstones === null ? 0 : await this.#purgeTombstones(before.tombstones)
    return { keys, tombstones }
  }

  async renew(): Promise<number> {
    this.#checkOpen()
    return await this.#written(this.#parts.writer.call('renew'))
  }

  async profile(user: string): Promise<StoredProfile | null> {
    return this.#read(() => this.#reads.profile(user))
  }

  async saveProfile(profile: StoredProfile): Promise<void> {
    this.#checkOpen()
    await this.#written(this.#parts.writer.call('saveProfile', profile))
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

  async close(): Promise<void> {
    if (this.#state === 'closed') return
    this.#state = 'closed'
    await this.#sweeping
    await this.#carrier.close()
    await this.#checkpoints.close()
    const searcher = await this.#searcher?.catch(() => null)
    const { writer, reader, database, unlock } = this.#parts
    database.close()
    // A thread that is gone has nothing left to finish.
    await reader.call('stop').catch(() => undefined)
    await searcher?.call('stop').catch(() => undefined)
    await writer.call('stop').catch(() => undefined)
    await Promise.all([reader.end(), writer.end(), searcher?.end()])
    unlock()
  }

  #checkOpen(): void {
    if (this.#state === 'closed') throw new StoreUnavailable('the store is closed')
  }

  /** What a write comes to; the log grows with one, and has to make room after one that found none. */
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

  /** One that could not start is tried again with the next search. */
  #startedSearcher(): Promise<ReaderThread> {
    this.#searcher ??= this.#parts.startSearcher().catch((error) => {
      this.#searcher = null
      throw error
    })
    return this.#searcher
  }

  async #purgeKeys(at: number): Promise<number> {
    let forgotten = 0
    let place: KeyPlace | null = [0, '', '']
    while (place !== null) {
      const step: { forgotten: number; next: KeyPlace | null } = await this.#written(
        this.#parts.writer.call('sweepKeys', place, at),
      )
      forgotten += step.forgotten
      place = step.next
    }
    return forgotten
  }

  async #purgeTombstones(at: number): Promise<number> {
    const rowsAStep = 500
    let purged = 0
    let next = await this.#parts.reader.call('purgeable', 0, at)
    while (next !== null) {
      for (let from = 0; from < next.rows.length; from += rowsAStep) {
        const rows = next.rows.slice(from, from + rowsAStep)
        purged += await this.#written(this.#parts.writer.call('sweepTombstones', next.channel, rows, at))
      }
      next = await this.#parts.reader.call('purgeable', next.channel, at)
    }
    return purged
  }

  /** What goes wrong here has gone wrong for the writer too, which tells; what is left is swept at the next opening. */
  #sweep(): void {
    const before = this.#sweeping
    const sweep = async (): Promise<void> => {
      await before
      while (this.#state === 'open' && (await this.#parts.writer.call('sweepGarbage')));
    }
    this.#sweeping = sweep().catch(() => undefined)
  }
}
