/**
 * Deletes records whose time is over, by the `retain` of their collection: as ordinary deletes, so that readers are told
 * and tombstones are left. It goes through the channels one after the other and deletes in groups, in the order of the
 * log, with rests between them that are several times as long as the group took, so that others hardly notice.
 *
 * Each node does this. Where two meet in one channel, one of them is refused (the record has changed) and leaves it.
 */
import type { ChannelFacts, StoredRecord } from '../../ports/store.ts'
import type { NamespacePolicy } from '../access/policy.ts'
import type { RetentionPolicy } from '../access/retention-policy.ts'
import type { RetentionContext } from './context.ts'
import { deleteTogether, groupRecords } from './deletion.ts'
import { Expiring } from './expiring.ts'
import type { Rested } from './rested.ts'
import { Walk } from './walk.ts'

const groupBytes = 1_048_576

interface DeletedGroup {
  readonly count: number
  /** The `pos` above which the next group begins; null: there is none. */
  readonly next: number | null
}

export class Retention {
  readonly #core: RetentionContext
  readonly #walk: Walk
  readonly #rested: Rested
  readonly #expiring: Expiring

  constructor(core: RetentionContext) {
    this.#core = core
    this.#walk = new Walk(core, () => this.#runOnce())
    this.#rested = this.#walk.rested
    this.#expiring = new Expiring(core, this.#rested)
  }

  /** How often to run: once a minute, sooner where some records are kept for less. */
  get everyMs(): number {
    const kept = [...this.#core.policies.namespaces.values()].flatMap(({ collections }) =>
      [...collections.values()].flatMap(({ retain }) => (retain !== null && 'ms' in retain ? [retain.ms] : [])),
    )
    return Math.max(1000, Math.min(60_000, ...kept))
  }

  /** Goes through all channels once; a call while it does joins in. Resolves with the number of deleted records. */
  run(): Promise<number> {
    return this.#walk.run()
  }

  /** Resolves when nothing is under way any more. */
  stop(): Promise<void> {
    return this.#walk.stop()
  }

  async #runOnce(): Promise<number> {
    let deleted = 0
    for (const policy of this.#core.policies.namespaces.values()) {
      if ([...policy.collections.values()].every(({ retain, expires }) => retain === null && expires === null)) continue
      for await (const facts of this.#walk.channelsOf(policy.name)) deleted += await this.#runChannel(facts, policy)
    }
    return deleted
  }

  async #runChannel(facts: ChannelFacts, policy: NamespacePolicy): Promise<number> {
    const { name } = facts
    let deleted = 0
    for (const { name: collection, retain, expires } of policy.collections.values()) {
      try {
        if (retain !== null) deleted += await this.#runCollection(name, collection, retain)
        if (expires !== null) deleted += await this.#expiring.run(facts, collection, expires)
      } catch (error) {
        this.#core.report(error, `deleting what is over in ${name}`)
      }
    }
    return deleted
  }

  async #runCollection(channel: string, collection: string, retain: RetentionPolicy): Promise<number> {
    const isOver = await this.#boundOf(channel, collection, retain)
    if (isOver === null) return 0
    let deleted = 0
    for (let after: number | null = 0; after !== null && !this.#rested.isStopped; ) {
      const from: number = after
      const group: DeletedGroup = await this.#rested.after(() => this.#deleteGroup(channel, collection, isOver, from))
      deleted += group.count
      after = group.next
    }
    return deleted
  }

  /** Whether a record's time is over; `null`: no record's is. */
  async #boundOf(
    channel: string,
    collection: string,
    retain: RetentionPolicy,
  ): Promise<((record: StoredRecord) => boolean) | null> {
    if ('ms' in retain) {
      const before = this.#core.clock.now() - retain.ms
      return ({ createdAt }) => createdAt < before
    }
    const query = { channel, collection, keep: retain.records }
    const bound = await this.#rested.after(() => this.#core.storeOf(channel).surplus(query))
    return bound === null ? null : ({ pos }) => pos <= bound
  }

  /**
   * Deletes the first records above `after` that are over, up to one that is not. It goes on behind them, since a database
   * passes over what it has just deleted only slowly.
   */
  async #deleteGroup(
    channel: string,
    collection: string,
    isOver: (record: StoredRecord) => boolean,
    after: number,
  ): Promise<DeletedGroup> {
    const query = { channel, collection, from: { after }, limit: groupRecords, bytes: groupBytes }
    const page = await this.#core.storeOf(channel).page(query)
    if (page === null) return { count: 0, next: null }
    const end = page.records.findIndex((record) => !isOver(record))
    const over = end < 0 ? page.records : page.records.slice(0, end)
    // Another write may come between: the rest is deleted the next time.
    if (!(await deleteTogether(this.#core, page.channel, over))) return { count: 0, next: null }
    return { count: over.length, next: end < 0 ? page.after : null }
  }
}
