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
import type { StoreWatch, Touched } from '../../ports/watch.ts'
import { AccountRows } from './account-rows.ts'
import { BulkReads } from './bulk-reads.ts'
import { buryChannel, placeRows, renewChannels } from './channel-rows.ts'
import type { Connections, Link, Statement } from './connections.ts'
import { isContention } from './failure.ts'
import { commitGroup, openChannel, RowsMissing } from './group-commit.ts'
import { PointReads } from './point-reads.ts'
import { SearchReads } from './search-reads.ts'
import { Sweep } from './sweep.ts'
import { PostgresWatch } from './watch.ts'

const saveProfile: Statement = {
  name: 'save profile',
  text: `INSERT INTO dovetail.profiles ("user", name, avatar, about, guest) VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT ("user") DO UPDATE
    SET name = excluded.name, avatar = excluded.avatar, about = excluded.about, guest = excluded.guest`,
}

/** How often what others made the database undo is done again. */
const attempts = 5

type Transaction<Result> = (link: Link, commit: () => Promise<void>) => Promise<Result>

/** The log in a database that many processes share. Each call is one statement, or one transaction of few. */
export class PostgresStore implements Store, Accounts, StoreWatch {
  readonly #connections: Connections
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

  constructor(connections: Connections, newestLookedAt: number) {
    this.#connections = connections
    this.#point = new PointReads(connections)
    this.#bulk = new BulkReads(connections)
    this.#searches = new SearchReads(connections, newestLookedAt)
    this.#accounts = new AccountRows(connections)
    this.#watch = new PostgresWatch(connections)
    this.#sweep = new Sweep(connections)
    // What a drop left when its process ended is taken up again.
    this.#sweepGarbage()
  }

  /** One after the other, so that they come out in the order begun; a group takes what waits meanwhile. */
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

  async drop(name: string): Promise<boolean> {
    const dropped = await this.#during(() => this.#connections.write(buryChannel, [name]))
    if (dropped.length > 0) this.#sweepGarbage()
    return dropped.length > 0
  }

  channel(name: string): Promise<ChannelFacts | null> {
    return this.#during(() => this.#point.channel(name))
  }

  channels(query: Parameters<Store['channels']>[0]): Promise<readonly ChannelFacts[]> {
    return this.#during(() => this.#point.channels(query))
  }

  look(channel: string, targets: readonly Target[], key?: { author: string; key: string }): Promise<Look> {
    return this.#during(() => this.#point.look(channel, targets, key))
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

  profile(user: string): Promise<StoredProfile | null> {
    return this.#during(() => this.#point.profile(user))
  }

  async saveProfile({ user, name, avatar, about, guest }: StoredProfile): Promise<void> {
    await this.#during(() => this.#connections.write(saveProfile, [user, name, avatar, about, guest]))
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

  /** The database would not take something of one unit; which one shows when each has a transaction of its own. */
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

  /** A transaction, again where it was undone because of others, or where rows to hold have to be placed first. */
  async #write<Result>(change: Transaction<Result>): Promise<Result> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#connections.transaction(change)
      } catch (error) {
        if (error instanceof RowsMissing) await this.#connections.write(placeRows, [error.channels])
        else if (!isContention(error)) throw error
        else if (attempt >= attempts)
          throw new StoreUnavailable('the database undid it again and again', { cause: error })
      }
    }
  }

  /** What goes wrong here goes wrong for the next call too, which tells; what is left is swept at the next opening. */
  #sweepGarbage(): void {
    const before = this.#sweeping
    const sweep = async (): Promise<void> => {
      await before
      while (this.#state === 'open' && (await this.#sweep.garbage()));
    }
    this.#sweeping = sweep().catch(() => undefined)
  }
}
