/**
 * What the log says of a caller in a channel: the channel's facts and the caller's membership.
 * Remembered for a moment; a write that rests on what was remembered is checked at its commit, and
 * a commit here forgets what it changed.
 */

import { memberRecordId, userOfMemberRecord } from 'dovetail-protocol'
import { LRUCache } from 'lru-cache'
import type { Clock } from '../../ports/clock.ts'
import type { ChannelFacts, Store, StoredRecord } from '../../ports/store.ts'
import { membersCollection } from '../../ports/store.ts'
import type { Member, Membership } from './authorize.ts'
import type { MemberRole } from './policy.ts'

/** A change of membership made elsewhere counts here after this long at the latest. */
const rememberMs = 1000
const rememberedChannels = 10_000
const rememberedMembers = 1000

interface Remembered {
  readonly facts: ChannelFacts | null
  readonly members: Map<string, Member | null>
  readonly at: number
}

export class Memberships {
  readonly #storeOf: (channel: string) => Store
  readonly #clock: Clock
  readonly #memberChanged: (channel: string, user: string) => void
  readonly #channels = new LRUCache<string, Remembered>({ max: rememberedChannels })

  /** `memberChanged` is called for each membership that a commit changed, once it is no longer remembered. */
  constructor(
    storeOf: (channel: string) => Store,
    clock: Clock,
    memberChanged: (channel: string, user: string) => void = () => {},
  ) {
    this.#storeOf = storeOf
    this.#clock = clock
    this.#memberChanged = memberChanged
  }

  /** At once where it is remembered. */
  of(channel: string, user: string | null): Membership | Promise<Membership> {
    const remembered = this.#channels.get(channel)
    if (remembered === undefined || this.#clock.monotonic() - remembered.at > rememberMs)
      return this.#read(channel, user)
    const member = memberIn(remembered, user)
    return member === undefined ? this.#read(channel, user) : { facts: remembered.facts, member }
  }

  async #read(channel: string, user: string | null): Promise<Membership> {
    const targets = user === null ? [] : [{ collection: membersCollection, recordId: memberRecordId(user) }]
    const found = await this.#storeOf(channel).lookup(channel, targets)
    const member = memberOf(found.records[0] ?? null)
    const remembered = this.#channels.get(channel)
    const fresh =
      remembered !== undefined &&
      remembered.facts?.epoch === found.channel?.epoch &&
      remembered.facts?.membersRev === found.channel?.membersRev
    const members =
      fresh && remembered.members.size < rememberedMembers ? remembered.members : new Map<string, Member | null>()
    if (user !== null) members.set(user, member)
    this.#channels.set(channel, { facts: found.channel, members, at: this.#clock.monotonic() })
    return { facts: found.channel, member }
  }

  /** Called for the changes of each commit, of this node before its writer gets the reply. */
  committed(channel: string, epoch: string, records: readonly StoredRecord[]): void {
    const changed = records.filter(({ collection }) => collection === membersCollection)
    const remembered = this.#channels.get(channel)
    if (remembered !== undefined && (changed.length > 0 || remembered.facts?.epoch !== epoch))
      this.#channels.delete(channel)
    for (const { id } of changed) this.#memberChanged(channel, userOfMemberRecord(id))
  }

  forget(channel: string): void {
    this.#channels.delete(channel)
  }
}

function memberIn(remembered: Remembered, user: string | null): Member | null | undefined {
  // A channel whose log never had a member has none.
  if (user === null || (remembered.facts?.membersRev ?? 0) === 0) return null
  return remembered.members.get(user)
}

const memberRoles: ReadonlySet<string> = new Set(['owner', 'moderator', 'member', 'banned'] satisfies MemberRole[])

/** The membership that a `members` record states; `null` where it is deleted or states none. */
export function memberOf(record: StoredRecord | null): Member | null {
  if (record === null || record.deleted) return null
  const data = JSON.parse(record.data) as { role?: unknown; mutedUntil?: unknown }
  if (typeof data.role !== 'string' || !memberRoles.has(data.role)) return null
  const mutedUntil = typeof data.mutedUntil === 'string' ? Date.parse(data.mutedUntil) : Number.NaN
  return { role: data.role as MemberRole, mutedUntil: Number.isNaN(mutedUntil) ? null : mutedUntil }
}
