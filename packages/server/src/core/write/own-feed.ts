/**
 * Writes into users' own feeds what changed of their memberships and read markers. The feed follows what is true: it is
 * written after the membership or the marker was committed. Of two writers, on whatever nodes, the one that read the
 * newer state comes last, since each writes only over the record that it saw before it read that state.
 */
import { memberRecordId, ownFeedOf, userOfMemberRecord, userOfOwnFeed } from 'dovetail-protocol'
import { membersCollection, type StoredRecord, type Write } from '../../ports/store.ts'
import { memberOf } from '../access/membership.ts'
import { feedMarkers, feedMemberships } from '../access/own-feed.ts'
import type { OwnFeedContext } from './context.ts'

export interface Marker {
  readonly channel: string
  readonly epoch: string
  /** The `pos` up to which the user has read. */
  readonly read: number
}

/** Feeds that are written at the same time: a batch of memberships does not crowd out other writes. */
const writtenAtOnce = 16
const maxAttempts = 20

/** For each membership among the changes of a channel, notifies its user. Failures are reported, and change nothing else. */
export async function notifyMemberships(
  core: OwnFeedContext,
  channel: string,
  changes: readonly StoredRecord[],
): Promise<void> {
  const ids = changes.filter(({ collection }) => collection === membersCollection).map(({ id }) => id)
  if (ids.length === 0 || core.policies.of(channel)?.storage !== 'durable') return
  const users = [...new Set(ids)].map(userOfMemberRecord)
  for (let at = 0; at < users.length; at += writtenAtOnce) {
    await Promise.all(users.slice(at, at + writtenAtOnce).map((user) => notifyMembership(core, user, channel)))
  }
}

function notifyMembership(core: OwnFeedContext, user: string, channel: string): Promise<void> {
  return setRecord(core, user, { collection: feedMemberships, channel }, async () => {
    const target = { collection: membersCollection, recordId: memberRecordId(user) }
    const { channel: facts, records } = await core.storeOf(channel).lookup(channel, [target])
    const member = facts === null ? null : memberOf(records[0] ?? null)
    return member === null ? null : { channel, role: member.role }
  })
}

/** Notifies the user's connections of how far the user has read. Failures are reported, and change nothing else. */
export function notifyMarker(core: OwnFeedContext, user: string, { channel, epoch, read }: Marker): Promise<void> {
  return setRecord(core, user, { collection: feedMarkers, channel }, async (before) => {
    const isOlder = before !== null && before.epoch === epoch && Number(before.read) > read
    return isOlder ? before : { channel, epoch, read }
  })
}

type Data = Readonly<Record<string, unknown>>

/** Writes the record of a channel in the user's feed. `now`: what is to stand there, given what does; `null`: nothing. */
async function setRecord(
  core: OwnFeedContext,
  user: string,
  { collection, channel }: { readonly collection: string; readonly channel: string },
  now: (before: Data | null) => Promise<Data | null>,
): Promise<void> {
  const feed = ownFeedOf(user)
  if (feed === null || userOfOwnFeed(channel) !== null) return
  try {
    for (let attempt = 0; attempt < maxAttempts; attempt++) {
      const { channel: facts, records } = await core.storeOf(feed).lookup(feed, [{ collection, recordId: channel }])
      const record = records[0] ?? null
      const before = record === null || record.deleted ? null : record.data
      const next = await now(before === null ? null : (JSON.parse(before) as Data))
      const data = next === null ? null : JSON.stringify(next)
      if (data === before) return
      const expectRev = record?.rev ?? 0
      const target = { collection, recordId: channel, author: user, expectRev }
      const write: Write =
        data === null ? { ...target, effect: 'delete', data: '' } : { ...target, effect: 'put', data }
      const unit = { channel: feed, at: core.clock.now(), writes: [write], make: true, membersRev: null }
      const outcome = await core.groupOf(feed).add({ ...unit, epoch: facts?.epoch ?? null })
      if (outcome.kind === 'failed') throw outcome.cause
      if (outcome.kind === 'committed') return
    }
    throw new Error('others write the same record too fast')
  } catch (error) {
    core.report(error, `writing into the feed of "${user}" about "${channel}"`)
  }
}
