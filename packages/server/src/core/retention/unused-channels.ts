/**
 * Deletes public channels that nobody uses: nothing is in them, or nothing but the membership of the user who opened them,
 * and that for as long as the namespace's `keepEmpty`. Their names are free again, and lists are rid of them.
 *
 * Each node does this. The store deletes only where the log still stands where it was looked at, so that no write that
 * comes between is lost, and of several nodes one deletes and tells the others.
 */
import { LRUCache } from 'lru-cache'
import { type ChannelFacts, membersCollection, type StoredRecord } from '../../ports/store.ts'
import type { NamespacePolicy } from '../access/policy.ts'
import { announceDrop } from '../write/channels.ts'
import type { UnusedChannelsContext } from './context.ts'
import { Walk } from './walk.ts'

const leastMs = 1000
const mostMs = 15 * 60_000
const rememberedChannels = 100_000
/** By size, each of 1: a bound by count would lay out room for all of them at the start. */
const bounds = { maxSize: rememberedChannels, sizeCalculation: () => 1 }

export class UnusedChannels {
  readonly #core: UnusedChannelsContext
  readonly #walk: Walk
  /** Where the log of each channel stood when something was found in it. */
  readonly #used = new LRUCache<string, string>(bounds)

  constructor(core: UnusedChannelsContext) {
    this.#core = core
    this.#walk = new Walk(core, () => this.#runOnce())
  }

  /** A quarter of the shortest time, between a second and a quarter of an hour. */
  get everyMs(): number {
    const times = [...this.#core.policies.namespaces.values()].flatMap(({ keepEmptyMs }) => keepEmptyMs ?? [])
    return Math.max(leastMs, Math.min(mostMs, ...times.map((ms) => ms / 4)))
  }

  /** Goes through all channels once; a call while it does joins in. Resolves with the number of deleted channels. */
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
      const { keepEmptyMs } = policy
      if (keepEmptyMs === null) continue
      for await (const facts of this.#walk.channelsOf(policy.name))
        if (await this.#runChannel(facts, policy, keepEmptyMs)) deleted++
    }
    return deleted
  }

  async #runChannel(facts: ChannelFacts, policy: NamespacePolicy, keepMs: number): Promise<boolean> {
    const { name, epoch, head } = facts
    const before = this.#core.clock.now() - keepMs
    if (facts.visibility === 'private' || facts.createdAt > before) return false
    if (this.#used.get(name) === `${epoch} ${head}` || this.#hasReaders(name)) return false
    try {
      return await this.#walk.rested.after(() => this.#deleteUnused(facts, policy, before))
    } catch (error) {
      this.#core.report(error, `looking whether ${name} is used`)
      return false
    }
  }

  async #deleteUnused(facts: ChannelFacts, policy: NamespacePolicy, before: number): Promise<boolean> {
    const { name, epoch, head } = facts
    const members = policy.collections.has(membersCollection) ? await this.#newest(name, membersCollection) : []
    if (await this.#isUsed(facts, policy, members)) {
      this.#used.set(name, `${epoch} ${head}`)
      return false
    }
    if ((await this.#lastChange(facts)) > before || this.#hasReaders(name)) return false
    // Records of a collection that has left the configuration are seen by the store alone.
    if (!(await this.#core.storeOf(name).drop(name, { epoch, head }))) return false
    announceDrop(this.#core, name, members)
    return true
  }

  async #isUsed(
    { name, head }: ChannelFacts,
    { collections }: NamespacePolicy,
    members: readonly StoredRecord[],
  ): Promise<boolean> {
    // The first change alone: the membership that the channel was opened with.
    if (head <= 1 && members.length === head) return false
    if (members.length > 0) return true
    for (const collection of collections.keys()) if ((await this.#newest(name, collection)).length > 0) return true
    return false
  }

  async #newest(channel: string, collection: string): Promise<readonly StoredRecord[]> {
    const query = { channel, collection, from: { newest: true }, limit: 1, bytes: 1 } as const
    return (await this.#core.storeOf(channel).page(query))?.records ?? []
  }

  /** When the log last changed, ms; where that change is not kept any more, when the channel was made. */
  async #lastChange({ name, head, createdAt }: ChannelFacts): Promise<number> {
    if (head === 0) return createdAt
    const read = await this.#core.storeOf(name).changes({ channel: name, after: head - 1, limit: 1, bytes: 1 })
    return Math.max(createdAt, read?.changes.at(-1)?.updatedAt ?? 0)
  }

  /** On this node: readers on others are told that the channel was deleted. */
  #hasReaders(channel: string): boolean {
    return (this.#core.hubs.get(channel)?.readers ?? 0) > 0
  }
}
