/** Ends the feeds whose callers may no longer read a channel, after a membership changed or the log was replaced. */
import { memberRecordId } from 'dovetail-protocol'
import type { StoredRecord } from '../../ports/store.ts'
import { endedFrame } from '../../wire/frames.ts'
import { type Membership, mayRead } from '../access/authorize.ts'
import type { AccessContext } from '../access/context.ts'
import { memberOf } from '../access/membership.ts'
import type { Feed } from './feeds/feed.ts'
import type { FollowedChannel } from './hub-node.ts'

type CheckContext = Pick<AccessContext, 'policies' | 'clock' | 'report'>

/** Called for a change of membership, in log order. */
export function recheckAccessOfMember(core: CheckContext, hub: FollowedChannel, record: StoredRecord): void {
  const member = memberOf(record)
  for (const feed of hub.feeds) {
    const { user } = feed.caller
    if (user !== null && memberRecordId(user) === record.id) judgeFeed(core, hub, feed, member)
  }
}

/** Ends the feed where its caller, with this membership, may not read. */
export function judgeFeed(
  core: CheckContext,
  hub: FollowedChannel,
  feed: Feed,
  member: ReturnType<typeof memberOf>,
): void {
  const policy = core.policies.of(hub.channel)
  if (policy === null) return
  const isPrivate = hub.visibility === 'private' || (hub.visibility === null && policy.private)
  const membership = { facts: null, member }
  const question = {
    caller: feed.caller,
    channel: hub.channel,
    policy: { ...policy, private: isPrivate },
    membership,
    now: core.clock.now(),
  }
  void endUnless(feed, hub.channel, mayRead(question, core.report))
}

/** An answer that is known at once ends the feed in log order; a rule that asks another service ends it when that answers. */
function endUnless(feed: Feed, channel: string, mayStay: boolean | Promise<boolean>): void | Promise<void> {
  if (mayStay instanceof Promise) return mayStay.then((answer) => endUnless(feed, channel, answer))
  if (!mayStay && !feed.isClosed) feed.end(endedFrame({ channel, reason: 'forbidden' }), 'forbidden')
}

/** Checks every reader by what the store says now: the log was replaced, or skipped changes of membership. */
export async function recheckAccessOfAll(core: AccessContext, hub: FollowedChannel): Promise<void> {
  const { channel } = hub
  const policy = core.policies.of(channel)
  if (policy === null) return
  core.memberships.forget(channel)
  const asked: (void | Promise<void>)[] = []
  for (const feed of [...hub.feeds]) {
    const membership = await membershipOf(core, hub, feed)
    if (feed.isClosed) continue
    const question = { caller: feed.caller, channel, policy, membership, now: core.clock.now() }
    asked.push(endUnless(feed, channel, mayRead(question, core.report)))
  }
  await Promise.all(asked)
}

/** The membership of the feed's caller, who may change while the store is asked. */
async function membershipOf(
  core: Pick<AccessContext, 'memberships'>,
  hub: FollowedChannel,
  feed: Feed,
): Promise<Membership> {
  for (;;) {
    const { user } = feed.caller
    const found = core.memberships.of(hub.channel, user)
    const membership = found instanceof Promise ? await found : found
    if (feed.caller.user === user) return membership
  }
}
