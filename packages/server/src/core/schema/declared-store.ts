/**
 * A store as the configuration knows it: records are in the newest shape of their collection, and those of a collection
 * that has left the configuration are not there. What is stored stays as it is.
 */
import type {
  ChangesQuery,
  ChangesRead,
  Lookup,
  PageQuery,
  RecordPage,
  SearchQuery,
  SearchRead,
  Store,
  StoredRecord,
  StoreFigures,
  Unit,
  UnitOutcome,
} from '../../ports/store.ts'
import type { CollectionPolicy, Policies } from '../access/policy.ts'

export class DeclaredStore implements Store {
  readonly #store: Store
  readonly #policies: Policies
  /** Whether any collection has an earlier shape. */
  readonly #hasShapes: boolean

  constructor(store: Store, policies: Policies) {
    this.#store = store
    this.#policies = policies
    this.#hasShapes = [...policies.namespaces.values()].some(({ collections }) =>
      [...collections.values()].some(({ newest }) => newest !== null),
    )
  }

  async commit(group: readonly Unit[]): Promise<readonly UnitOutcome[]> {
    const outcomes = await this.#store.commit(group)
    if (!this.#hasShapes) return outcomes
    return outcomes.map((outcome, index) => this.#committed(group[index]?.channel ?? '', outcome))
  }

  open(channel: Parameters<Store['open']>[0]): ReturnType<Store['open']> {
    return this.#store.open(channel)
  }

  drop(...values: Parameters<Store['drop']>): Promise<boolean> {
    return this.#store.drop(...values)
  }

  channel(name: string): ReturnType<Store['channel']> {
    return this.#store.channel(name)
  }

  channels(query: Parameters<Store['channels']>[0]): ReturnType<Store['channels']> {
    return this.#store.channels(query)
  }

  recentChannels(limit: number): ReturnType<Store['recentChannels']> {
    return this.#store.recentChannels(limit)
  }

  async lookup(...[channel, targets, key]: Parameters<Store['lookup']>): Promise<Lookup> {
    const found = await this.#store.lookup(channel, targets, key)
    return {
      ...found,
      records: found.records.map((record) => record && this.#newest(channel, record)),
      key: found.key && { ...found.key, record: this.#newest(channel, found.key.record) },
    }
  }

  async page(query: PageQuery): Promise<RecordPage | null> {
    const page = await this.#store.page(query)
    return page && { ...page, records: page.records.map((record) => this.#newest(query.channel, record)) }
  }

  async changes(query: ChangesQuery): Promise<ChangesRead | null> {
    const read = await this.#store.changes(query)
    return read && { ...read, changes: this.#declared(query.channel, read.changes) }
  }

  async snapshot(query: Parameters<Store['snapshot']>[0]): ReturnType<Store['snapshot']> {
    const read = await this.#store.snapshot(query)
    const pages = read?.pages.map((page) => ({ ...page, records: this.#declared(query.channel, page.records) }))
    return read && { ...read, pages: pages ?? [] }
  }

  surplus(query: Parameters<Store['surplus']>[0]): Promise<number | null> {
    return this.#store.surplus(query)
  }

  async search(query: SearchQuery): Promise<SearchRead> {
    const found = await this.#store.search(query)
    const hits = found.hits
      .filter(({ channel, record }) => this.#policyOf(channel, record) !== null)
      .map(({ channel, record }) => ({ channel, record: this.#newest(channel, record) }))
    return { ...found, hits }
  }

  purge(before: Parameters<Store['purge']>[0]): ReturnType<Store['purge']> {
    return this.#store.purge(before)
  }

  renew(): Promise<number> {
    return this.#store.renew()
  }

  async figures(): Promise<StoreFigures> {
    return (await this.#store.figures?.()) ?? {}
  }

  close(): Promise<void> {
    return this.#store.close()
  }

  #policyOf(channel: string, { collection }: StoredRecord): CollectionPolicy | null {
    return this.#policies.of(channel)?.collections.get(collection) ?? null
  }

  #declared(channel: string, records: readonly StoredRecord[]): StoredRecord[] {
    return records
      .filter((record) => this.#policyOf(channel, record) !== null)
      .map((record) => this.#newest(channel, record))
  }

  #newest(channel: string, record: StoredRecord): StoredRecord {
    const policy = this.#policyOf(channel, record)
    if (record.deleted || policy === null || policy.newest === null) return record
    return { ...record, data: policy.newest(record.data) }
  }

  /** A replay, or a write that changes nothing, answers with the record as it is stored. */
  #committed(channel: string, outcome: UnitOutcome): UnitOutcome {
    if (outcome.kind !== 'committed') return outcome
    const results = outcome.results.map((written) => ({ ...written, record: this.#newest(channel, written.record) }))
    return { ...outcome, results }
  }
}
