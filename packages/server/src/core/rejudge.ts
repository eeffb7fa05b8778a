/** A membership changed: the feeds of that user that may no longer read end here, in log order. */
import type { StoredRecord } from '../ports/store.ts'
import { mayRead } from './authorize.ts'
import type { Core } from './core.ts'
import type { Feed } from './feed.ts'
import { endedFrame, type Hub } from './hub.ts'
import { memberOf, memberRecordId } from './standing.ts'

export function rejudgeMember(core: Pick<Core, 'policies' | 'clock'>, hub: Hub, record: StoredRecord): void {
  const member = memberOf(record)
  for (const feed of hub.feeds) {
    const { user } = feed.caller
    if (user !== null && memberRecordId(user) === record.id) judgeFeed(core, hub, feed, member)
  }
}

/** Ends the feed where its caller, with this membership, may not read. */
export function judgeFeed(core: Pick<Core, 'policies' | 'clock'>, hub: Hub, feed: Feed, member: ReturnType<typeof memberOf>): void {
  const policy = core.policies.of(hub.channel)
  if (policy === null) return
  const isPrivate = hub.visibility === 'private' || (hub.visibility === null && policy.private)
  const standing = { facts: null, member }
  const question = { caller: feed.caller, channel: hub.channel, policy: { ...policy, private: isPrivate }, standing, now: core.clock.now() }
  if (!mayRead(question)) feed.end(endedFrame(hub.channel, 'forbidden'), 'forbidden')
}
