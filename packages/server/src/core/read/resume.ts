/**
 * A reading goes on from a cursor by what this node knows: where its hub follows the same log and the cursor is not
 * ahead of what the hub has sent, the store is not asked. The feed reads from the hub's tail, or from the store where the
 * tail does not reach back so far.
 */
import { beginningFloor, parseCursor } from 'dovetail-protocol'
import type { Outlet } from '../../ports/outlet.ts'
import type { Caller } from '../access/caller.ts'
import { readable } from '../access/readable.ts'
import { Feed, type FeedOptions } from '../log/feeds/feed.ts'
import type { FollowContext } from './context.ts'
import type { Subscription } from './subscribe.ts'

/** `null`: the store has to be asked, by `subscribe`. As there, the feed has not begun. */
export async function resume(
  core: FollowContext,
  caller: Caller,
  { channel, after }: { readonly channel: string; readonly after: string | null },
  outlet: Outlet,
  options: FeedOptions,
): Promise<Subscription | null> {
  const cursor = after === null ? null : parseCursor(after)
  if (after === null || cursor === null || cursor.epoch === null) return null
  const { membership } = await readable(core, caller, channel)
  // From here to the join nothing can come between.
  const hub = core.hubs.get(channel)
  const isKnown =
    hub !== null &&
    hub.epoch === cursor.epoch &&
    cursor.rev <= hub.flushed &&
    hub.membersRev <= (membership.facts?.membersRev ?? -1)
  if (!isKnown) return null
  const feed = new Feed(hub, caller, outlet, cursor.rev, { ...options, begunAt: beginningFloor(after) })
  hub.join(feed)
  const isLive = cursor.rev === hub.flushed
  return {
    feed,
    hub,
    resume: isLive ? 'live' : 'catching_up',
    reason: null,
    epoch: hub.epoch,
    cursor: after,
    snapshot: null,
  }
}
