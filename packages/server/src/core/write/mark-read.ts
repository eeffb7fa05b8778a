/** Moves a user's read marker, and notifies the user's other connections. */
import { userOfOwnFeed } from 'dovetail-protocol'
import { namedChannel, policyOf } from '../access/address.ts'
import { needsToken } from '../access/authorize.ts'
import type { Caller } from '../access/caller.ts'
import { readable } from '../access/readable.ts'
import { describeOwn, type MyChannel } from '../read/my-channels.ts'
import { Failure } from '../rules/failure.ts'
import type { MarkContext } from './context.ts'
import { notifyMarker } from './own-feed.ts'

/** Moves the read marker forwards; a place beyond the head is the head. */
export async function markRead(core: MarkContext, caller: Caller, channel: string, pos: number): Promise<MyChannel> {
  namedChannel(channel)
  await readable(core, caller, channel)
  const user = caller.user
  if (user === null) throw needsToken()
  if (userOfOwnFeed(channel) !== null)
    throw new Failure('forbidden', 'A feed of one’s own has no read marker: it is in no list of channels.')
  const facts = await core.storeOf(channel).channel(channel)
  if (facts === null) throw new Failure('not_found', `Nothing was written to "${channel}" yet.`)
  const read = await core.accounts.markRead({ user, channel, epoch: facts.epoch, pos: Math.min(pos, facts.head) })
  if (policyOf(core, channel).storage === 'durable')
    await notifyMarker(core, user, { channel, epoch: facts.epoch, read })
  return describeOwn(core, facts, user, read)
}
