/** Profiles, revocations, spent tickets and read markers in memory: for `memory:`, where a restart loses everything. */
import type { Accounts, OwnChannel, ReadMarker, Revocation, StoredProfile } from '../../ports/accounts.ts'
import type { Store } from '../../ports/store.ts'
import { membersCollection } from '../../ports/store.ts'
import { type CollectionUnread, unreadOf, unreadWalk } from '../shared/unread-walk.ts'

export class MemoryAccounts implements Accounts {
  readonly #store: Pick<Store, 'channel' | 'channels' | 'lookup' | 'page'>
  readonly #profiles = new Map<string, StoredProfile>()
  readonly #revocations = new Map<string, Revocation>()
  readonly #spent = new Map<string, number>()
  /** By user, then by channel. */
  readonly #markers = new Map<string, Map<string, ReadMarker>>()

  constructor(store: Pick<Store, 'channel' | 'channels' | 'lookup' | 'page'>) {
    this.#store = store
  }

  async profile(user: string): Promise<StoredProfile | null> {
    return this.#profiles.get(user) ?? null
  }

  async profiles(users: readonly string[]): Promise<readonly StoredProfile[]> {
    return users.flatMap((user) => this.#profiles.get(user) ?? [])
  }

  async saveProfile(profile: StoredProfile): Promise<void> {
    this.#profiles.set(profile.user, profile)
  }

  async erase(user: string): Promise<void> {
    this.#profiles.delete(user)
    this.#markers.delete(user)
  }

  async revoke(revocation: Revocation): Promise<void> {
    const name = `${revocation.kind} ${revocation.id}`
    const before = this.#revocations.get(name)
    const at = Math.max(revocation.at, before?.at ?? 0)
    const until = Math.max(revocation.until, before?.until ?? 0)
    this.#revocations.set(name, { ...revocation, at, until })
  }

  async revocations(now: number): Promise<readonly Revocation[]> {
    for (const [name, { until }] of this.#revocations) if (until <= now) this.#revocations.delete(name)
    return [...this.#revocations.values()]
  }

  async spend(id: string, until: number): Promise<boolean> {
    if (this.#spent.has(id)) return false
    this.#spent.set(id, until)
    if (this.#spent.size > 10_000) this.#forgetSpent(until - 120_000)
    return true
  }

  #forgetSpent(before: number): void {
    for (const [id, until] of this.#spent) if (until < before) this.#spent.delete(id)
  }

  async markRead(marker: ReadMarker): Promise<number> {
    const markers = this.#markers.get(marker.user) ?? new Map<string, ReadMarker>()
    this.#markers.set(marker.user, markers)
    const before = markers.get(marker.channel)
    const pos = before?.epoch === marker.epoch ? Math.max(before.pos, marker.pos) : marker.pos
    markers.set(marker.channel, { ...marker, pos })
    return pos
  }

  async channelsOf(query: Parameters<Accounts['channelsOf']>[0]): Promise<readonly OwnChannel[]> {
    const found: OwnChannel[] = []
    const markers = this.#markers.get(query.user)
    for (const channel of await this.#store.channels({
      prefix: '',
      after: query.after,
      limit: Number.MAX_SAFE_INTEGER,
    })) {
      if (found.length === query.limit) break
      const marker = markers?.get(channel.name)
      const isMember = await this.#isMember(channel.name, query.memberId)
      if (!isMember && marker === undefined) continue
      found.push({ channel, read: marker?.epoch === channel.epoch ? marker.pos : 0 })
    }
    return found
  }

  async #isMember(channel: string, recordId: string): Promise<boolean> {
    const found = await this.#store.lookup(channel, [{ collection: membersCollection, recordId }])
    return found.records[0]?.deleted === false
  }

  async unread(query: Parameters<Accounts['unread']>[0]): Promise<number> {
    const counted: CollectionUnread[] = []
    for (const collection of query.collections) counted.push(await this.#unreadIn(collection, query))
    return unreadOf(counted, query.cap)
  }

  async #unreadIn(collection: string, query: Parameters<Accounts['unread']>[0]): Promise<CollectionUnread> {
    let found = 0
    let left = unreadWalk(query.cap)
    let after: number | null = query.after
    while (after !== null && left > 0 && found < query.cap) {
      const page: Awaited<ReturnType<Store['page']>> = await this.#store.page({
        channel: query.channel,
        collection,
        from: { after },
        limit: Math.min(left, 1000),
        bytes: Number.MAX_SAFE_INTEGER,
      })
      found += page?.records.filter((record) => record.author !== query.except).length ?? 0
      left -= page?.records.length ?? 0
      after = page?.after ?? null
    }
    return { found, hasMore: after !== null }
  }
}
