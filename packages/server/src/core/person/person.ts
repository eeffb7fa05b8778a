/**
 * What is kept of one person: shown, and erased. A record is theirs if they are its author, its membership is theirs, or
 * they deleted it. The walks take bounded steps (`core/read/walk.ts`).
 */

import { memberRecordId, ownFeedOf } from 'dovetail-protocol'
import type { StoredProfile } from '../../ports/accounts.ts'
import type { KnownFile } from '../../ports/files/file-table.ts'
import type { ChannelFacts, StoredRecord, Unit, Write } from '../../ports/store.ts'
import { membersCollection } from '../../ports/store.ts'
import { namedChannel, namedUser } from '../access/address.ts'
import type { Caller } from '../access/caller.ts'
import { checkedPayload } from '../access/check.ts'
import { requireStaff } from '../access/require-staff.ts'
import { settledFile } from '../files/settled-file.ts'
import { type Step, walkStep } from '../read/walk.ts'
import { rewriteRows } from '../write/rewrite-rows.ts'
import type { PersonContext } from './context.ts'

/** Who is the author of what an erased person wrote. */
export const erasedUser = 'deleted'

export interface PersonData extends Step {
  /** With the first step only. */
  readonly profile: StoredProfile | null
  /** With the first step only: the channels that the person is a member of or has read, with the read marker. */
  readonly channels: readonly { readonly channel: string; readonly read: number }[]
  readonly records: readonly { readonly channel: string; readonly record: StoredRecord }[]
}

/** The bytes of a record besides its data. */
const aroundData = 500
/** The most own channels that are told. */
const mostChannels = 1000

export async function personData(
  core: PersonContext,
  caller: Caller,
  user: string,
  after: string | null,
): Promise<PersonData> {
  requireTrusted(caller, user)
  const records: { channel: string; record: StoredRecord }[] = []
  // A read is at most half of a reply, and the last one is begun with a quarter of it.
  const { replyBytes } = core.limits
  let left = replyBytes >> 2
  const step = await walkStep(core, after, {
    bytes: replyBytes >> 1,
    take: async (channel, rows) => {
      for (const record of rows) {
        if (!isOf(user, record)) continue
        records.push({ channel: channel.name, record })
        left -= Buffer.byteLength(record.data) + aroundData
      }
      return left > 0 ? 'more' : 'enough'
    },
  })
  if (after !== null) return { ...step, records, profile: null, channels: [] }
  return { ...step, records, ...(await accountOf(core, user)) }
}

export type PersonAccount = Pick<PersonData, 'profile' | 'channels'>

/** What is kept of a person besides records, without a walk. */
export async function personAccount(core: PersonContext, caller: Caller, user: string): Promise<PersonAccount> {
  requireTrusted(caller, user)
  return accountOf(core, user)
}

async function accountOf(core: PersonContext, user: string): Promise<PersonAccount> {
  const own = await core.accounts.channelsOf({ user, memberId: memberRecordId(user), after: '', limit: mostChannels })
  const channels = own.map(({ channel, read }) => ({ channel: channel.name, read }))
  return { profile: await core.accounts.profile(user), channels }
}

/** Puts back what an export kept: a profile where there is none, and read markers, never backwards. */
export async function restoreAccount(
  core: PersonContext,
  caller: Caller,
  user: string,
  { profile, channels }: PersonAccount,
): Promise<PersonAccount> {
  requireTrusted(caller, user)
  checkedPayload(profile, core.limits)
  for (const { channel } of channels) namedChannel(channel)
  if (profile !== null && (await core.accounts.profile(user)) === null)
    await core.accounts.saveProfile({ ...profile, user })
  for (const { channel, read } of channels) {
    const facts = await core.storeOf(channel).channel(channel)
    if (facts === null || read === 0) continue
    await core.accounts.markRead({ user, channel, epoch: facts.epoch, pos: Math.min(read, facts.head) })
  }
  return accountOf(core, user)
}

/** Files of one reply. */
const filesAtOnce = 100

export interface PersonFiles {
  readonly files: readonly KnownFile[]
  /** The id after which the next reply goes on; `null`: that was all. */
  readonly after: string | null
}

/** The files that a person uploaded, whether records refer to them or not. */
export async function personFiles(
  core: PersonContext,
  caller: Caller,
  user: string,
  after: string | null,
): Promise<PersonFiles> {
  requireTrusted(caller, user)
  const found = await core.files.table.ofAuthor(user, after ?? '', filesAtOnce)
  const files = await Promise.all(found.map((file) => settledFile(core, file)))
  return {
    files: files.filter((file) => file !== null),
    after: found.length < filesAtOnce ? null : (found.at(-1)?.id ?? null),
  }
}

/** Of one read whose rows are erased. */
const bytesToErase = 4_194_304

export interface Erased extends Step {
  /** Records that were deleted, and tombstones that no longer tell whose they were. */
  readonly erased: number
}

/**
 * One step. The first one ends all sign-ins of the person and deletes profile and markers; so does the last one, since a
 * membership may have been read meanwhile.
 */
export async function erasePerson(
  core: PersonContext,
  caller: Caller,
  user: string,
  after: string | null,
): Promise<Erased> {
  requireTrusted(caller, user)
  if (after === null) {
    await core.revocations.revoke('user', user)
    await core.accounts.erase(user)
  }
  let erased = 0
  const step = await walkStep(core, after, {
    bytes: bytesToErase,
    take: async (channel, rows) => {
      erased += await rewriteRows(core, channel, rows, {
        store: core.storeOf(channel.name),
        isMeant: (row) => isOf(user, row),
        unitOf: (theirs) => erasureOf(user, channel, theirs, core.clock.now()),
      })
      return 'more'
    },
  })
  if (step.after === null) {
    await core.accounts.erase(user)
    await dropOwnFeed(core, user)
    await core.files.table.forget(user, core.clock.now())
    core.files.keeper.sweep()
  }
  return { ...step, erased }
}

async function dropOwnFeed(core: PersonContext, user: string): Promise<void> {
  const feed = ownFeedOf(user)
  if (feed === null || !(await core.storeOf(feed).drop(feed))) return
  core.memberships.forget(feed)
  core.hubs.drop(feed)
  core.backbone.publish({ kind: 'dropped', channel: feed })
}

function requireTrusted(caller: Caller, user: string): void {
  namedUser(user)
  requireStaff(caller, 'Only an admin or a service sees and erases all that is kept of a user.')
}

function isOf(user: string, { author, deletedBy, collection, id, deleted }: StoredRecord): boolean {
  if (author === user || deletedBy === user) return true
  return collection === membersCollection && id === memberRecordId(user) && !deleted
}

function erasureOf(user: string, channel: ChannelFacts, rows: readonly StoredRecord[], at: number): Unit {
  const writes = rows.map((row) => erasureOfOne(user, row, at))
  return { channel: channel.name, at, writes, make: false, membersRev: null, epoch: channel.epoch }
}

function erasureOfOne(user: string, row: StoredRecord, at: number): Write {
  const { collection, id, rev, author, createdAt, deletedBy, deleted, data } = row
  const stamp = { createdAt, updatedAt: at, slot: null, author: author === user ? erasedUser : author }
  const base = { collection, recordId: id, author: erasedUser, expectRev: rev }
  // Somebody else's membership stays: who made it becomes nameless.
  if (collection === membersCollection && id !== memberRecordId(user) && !deleted)
    return { ...base, effect: 'put', data, stamp }
  const by = deletedBy === undefined || deletedBy === user ? erasedUser : deletedBy
  return { ...base, effect: 'delete', data: '', stamp: { ...stamp, deletedBy: by } }
}
