/** A membership changed: the feeds of that user that may no longer read end here, in log order. */
import type { StoredRecord } from '../ports/store.ts'
import { mayRead, memberRecordId, type Standing } from './authorize.ts'
import type { Core } from './core.ts'
import type { Feed } from './feed.ts'
import type { Hub } from './hub.ts'
import { endedFrame } from './notices.ts'
import { memberOf } from './standing.ts'

type Judging = Pick<Core, 'policies' | 'clock' | 'report'>

export function rejudgeMember(core: Judging, hub: Hub, record: StoredRecord): void {
  const member = memberOf(record)
  for (const feed of hub.feeds) {
    const { user } = feed.caller
    if (user !== null && memberRecordId(user) === record.id) judgeFeed(core, hub, feed, member)
  }
}

/** Ends the feed where its caller, with this membership, may not read. */
export function judgeFeed(core: Judging, hub: Hub, feed: Feed, member: ReturnType<typeof memberOf>): void {
  const policy = core.policies.of(hub.channel)
  if (policy === null) return
  const isPrivate = hub.visibility === 'private' || (hub.visibility === null && policy.private)
  const standing = { facts: null, member }
  const question = {
    caller: feed.caller,
    channel: hub.channel,
    policy: { ...policy, private: isPrivate },
    standing,
    now: core.clock.now(),
  }
  void endUnless(feed, hub.channel, mayRead(question, core.report))
}

/** Where the answer is known at once, the cut has its place in the log; a rule that asks elsewhere cuts when it has answered. */
function endUnless(feed: Feed, channel: string, mayStay: boolean | Promise<boolean>): void | Promise<void> {
  if (mayStay instanceof Promise) return mayStay.then((answer) => endUnless(feed, channel, answer))
  if (!mayStay && !feed.isClosed) feed.end(endedFrame(channel, 'forbidden'), 'forbidden')
}

/** The log is another one, or jumped over changes of membership: every reader is judged by what the store says now. */
export async function rejudgeAll(core: Judging & Pick<Core, 'standings'>, hub: Hub): Promise<void> {
  const { channel } = hub
  const policy = core.policies.of(channel)
  if (policy === null) return
  core.standings.forget(channel)
  const asked: (void | Promise<void>)[] = []
  for (const feed of [...hub.feeds]) {
    const standing = await standingOf(core, hub, feed)
    if (feed.isClosed) continue
    const question = { caller: feed.caller, channel, policy, standing, now: core.clock.now() }
    asked.push(endUnless(feed, channel, mayRead(question, core.report)))
  }
  await Promise.all(asked)
}

/** A connection may become another caller's while the store is asked. */
async function standingOf(core: Pick<Core, 'standings'>, hub: Hub, feed: Feed): Promise<Standing> {
  for (;;) {
    const { user } = feed.caller
    const found = core.standings.of(hub.channel, user)
    const standing = found instanceof Promise ? await found : found
    if (feed.caller.user === user) return standing
  }
}
