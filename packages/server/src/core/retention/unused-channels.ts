/**
 * Deletes public channels that nobody uses: nothing is in them, or nothing but the membership of the user who opened them,
 * and that for as long as the namespace's `keepEmpty`. Their names are free again, and lists are rid of them.
 *
 * Each node does this. The store deletes only where the log still stands where it was looked at, so that no write that
 * comes between is lost, and of several nodes one deletes and tells the others.
 */
import { namespaceOf } from 'dovetail-protocol'
import { LRUCache } from 'lru-cache'
import { type ChannelFacts, membersCollection, type Store, type StoredRecord } from '../../ports/store.ts'
import type { NamespacePolicy } from '../access/policy.ts'
import { announceDrop } from '../write/channels.ts'
import type { UnusedChannelsContext } from './context.ts'
import { Rested } from './rested.ts'

type ChannelsQuery = Parameters<Store['channels']>[0]

const leastMs = 1000
const mostMs = 15 * 60_000
const channelsAtATime = 100
const rememberedChannels = 100_000

export class UnusedChannels {
  readonly #core: UnusedChannelsContext
  readonly #rested: Rested
  /** Where the log of each channel stood when something was found in it. */
  readonly #used = new LRUCache<string, string>({ max: rememberedChannels })
  #running: Promise<number> | null = null

  constructor(core: UnusedChannelsContext) {
    this.#core = core
    this.#rested = new Rested(core.clock)
  }

  /** A quarter of the shortest time, between a second and a quarter of an hour. */
  get everyMs(): number {
    const times = [...this.#core.policies.namespaces.values()].flatMap(({ keepEmptyMs }) => keepEmptyMs ?? [])
    return Math.max(leastMs, Math.min(mostMs, ...times.map((ms) => ms / 4)))
  }

  /** Goes through all channels once; a call while it does joins in. Resolves with the number of deleted channels. */
  run(): Promise<number> {
    this.#running ??= this.#runOnce().finally(() => {
      this.#running = null
    })
    return this.#running
  }

  /** Resolves when nothing is under way any more. */
  async stop(): Promise<void> {
    this.#rested.stop()
    await this.#running?.catch(() => undefined)
  }

  async #runOnce(): Promise<number> {
    let deleted = 0
    for (const policy of this.#core.policies.namespaces.values())
      if (policy.keepEmptyMs !== null) deleted += await this.#runNamespace(policy, policy.keepEmptyMs)
    return deleted
  }

  async #runNamespace(policy: NamespacePolicy, keepMs: number): Promise<number> {
    let deleted = 0
    for (let after: string | null = ''; after !== null && !this.#rested.isStopped; ) {
      const query: ChannelsQuery = { prefix: `${policy.name}:`, after, limit: channelsAtATime }
      const channels: readonly ChannelFacts[] = await this.#rested.after(() =>
        this.#core.storeOf(`${policy.name}:`).channels(query),
      )
      for (const facts of channels) {
        if (this.#rested.isStopped) break
        if (namespaceOf(facts.name) === policy.name && (await this.#runChannel(facts, policy, keepMs))) deleted++
      }
      after = channels.length < channelsAtATime ? null : (channels.at(-1)?.name ?? null)
    }
    return deleted
  }

  async #runChannel(facts: ChannelFacts, policy: NamespacePolicy, keepMs: number): Promise<boolean> {
    const { name, epoch, head } = facts
    const before = this.#core.clock.now() - keepMs
    if (facts.visibility === 'private' || facts.createdAt > before) return false
    if (this.#used.get(name) === `${epoch} ${head}` || this.#hasReaders(name)) return false
    try {
      return await this.#rested.after(() => this.#deleteUnused(facts, policy, before))
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
