/** Channels themselves, opened and deleted. */

import { memberRecordId, type PutChannel } from 'dovetail-protocol'
import { membersCollection, type RecordPage, type StoredRecord } from '../../ports/store.ts'
import { namedChannel, policyOf } from '../access/address.ts'
import { authorize, channelNotFound } from '../access/authorize.ts'
import type { Caller } from '../access/caller.ts'
import { checkedPayload } from '../access/check.ts'
import { announceChanges } from '../log/commit.ts'
import { type Description, describeChannel, description } from '../read/channels.ts'
import { Failure } from '../rules/failure.ts'
import type { DropContext, ManageContext } from './context.ts'
import { notifyMemberships } from './own-feed.ts'

/**
 * `address`: that of the client; `null` where the caller is in this process. `read` gives what the channel shall be, or
 * refuses it; it is asked once the caller may know and open it.
 */
export async function openChannel(
  core: ManageContext,
  caller: Caller,
  channel: string,
  address: string | null,
  read: () => PutChannel,
): Promise<{ made: boolean; channel: Description }> {
  namedChannel(channel)
  const policy = policyOf(core, channel)
  const store = core.storeOf(channel)
  const membership = await core.memberships.of(channel, caller.user)
  const mayOpen = () =>
    authorize({ caller, channel, policy, membership, action: { verb: 'open' }, now: core.clock.now() })
  if (membership.facts !== null) {
    const kept = await describeKept(core, caller, channel, mayOpen)
    read()
    return { made: false, channel: kept }
  }
  await mayOpen()
  const body = read()
  if (body.title !== undefined) checkedPayload(body.title, core.limits)
  if (policy.private && body.visibility === 'public') {
    throw new Failure('invalid_data', `Channels of "${policy.name}" are private.`, {
      errors: [{ pointer: '/visibility', message: 'Channels here are private.' }],
    })
  }
  core.creations.take(caller, address)
  const user = caller.user ?? ''
  const owner =
    policy.collections.has('members') && caller.user !== null
      ? { recordId: memberRecordId(user), author: user, data: JSON.stringify({ user, role: 'owner' }) }
      : null
  const visibility = body.visibility ?? (policy.private ? 'private' : 'public')
  const opened = await store.open({ name: channel, at: core.clock.now(), visibility, title: body.title ?? null, owner })
  core.memberships.forget(channel)
  announceChanges(core, channel, opened.channel.epoch, opened.channel.head, opened.changes)
  void notifyMemberships(core, channel, opened.changes)
  if (!opened.made) return { made: false, channel: await describeChannel(core, caller, channel) }
  return { made: true, channel: description(core, channel, opened.channel) }
}

/** A caller who may not open channels here gets the same refusal for a taken name as for a free one. */
async function describeKept(
  core: ManageContext,
  caller: Caller,
  channel: string,
  mayOpen: () => Promise<void>,
): Promise<Description> {
  try {
    return await describeChannel(core, caller, channel)
  } catch (error) {
    await mayOpen()
    throw error
  }
}

export async function deleteChannel(core: ManageContext, caller: Caller, channel: string): Promise<void> {
  namedChannel(channel)
  const policy = policyOf(core, channel)
  const membership = await core.memberships.of(channel, caller.user)
  if (membership.facts === null) throw channelNotFound(channel)
  await authorize({ caller, channel, policy, membership, action: { verb: 'manage' }, now: core.clock.now() })
  const members = policy.collections.has(membersCollection) ? await membersOf(core, channel) : []
  const { keeper } = core.files
  if (policy.files !== null) await keeper.channelGoes(channel)
  if (!(await core.storeOf(channel).drop(channel))) throw channelNotFound(channel)
  announceDrop(core, channel, members)
  if (policy.files !== null) await keeper.channelGone(channel)
}

/** `members`: the memberships that went with the channel. */
export function announceDrop(core: DropContext, channel: string, members: readonly StoredRecord[]): void {
  core.memberships.forget(channel)
  core.hubs.drop(channel)
  core.backbone.publish({ kind: 'dropped', channel })
  void notifyMemberships(core, channel, members)
}

/** The memberships of a channel, page after page. */
async function membersOf(core: ManageContext, channel: string): Promise<StoredRecord[]> {
  const found: StoredRecord[] = []
  const query = {
    channel,
    collection: membersCollection,
    limit: core.limits.pageRecords,
    bytes: core.limits.replyBytes,
  }
  for (let after: number | null = 0; after !== null; ) {
    const page: RecordPage | null = await core.storeOf(channel).page({ ...query, from: { after } })
    found.push(...(page?.records ?? []))
    after = page?.after ?? null
  }
  return found
}
