/** A user's own channels: where they are a member or have read, with what is new there. */
import { formatCursor } from '@dovetail/protocol'
import type { ChannelFacts } from '../ports/store.ts'
import { namedChannel, policyOf } from './address.ts'
import { memberRecordId, needsToken } from './authorize.ts'
import type { Caller } from './caller.ts'
import type { Core } from './core.ts'
import { Failure } from './failure.ts'
import { readable } from './read.ts'
import { readableAmong } from './readable-among.ts'

export interface MyChannel {
  /** The channel's name, as frames and hits call it, and again as its own description calls it. */
  readonly channel: string
  readonly name: string
  readonly namespace: string
  readonly epoch: string
  readonly head: number
  readonly cursor: string
  readonly visibility: 'public' | 'private'
  readonly title?: string
  readonly read: number
  readonly unread: number
}

export interface MyChannels {
  readonly channels: readonly MyChannel[]
  readonly after: string | null
}

/** Counting stops here. */
const unreadCap = 100

export async function myChannels(core: Core, caller: Caller, after: string, limit: number): Promise<MyChannels> {
  const user = caller.user ?? ''
  const rows = await core.accounts.channelsOf({ user, memberId: memberRecordId(user), after, limit })
  const channels: MyChannel[] = []
  const allowed = await readableAmong(
    core,
    caller,
    rows.map(({ channel }) => channel.name),
  )
  for (const { channel, read } of rows) {
    if (allowed.has(channel.name)) channels.push(await described(core, channel, user, read))
  }
  return { channels, after: rows.length === limit ? (rows.at(-1)?.channel.name ?? null) : null }
}

async function described(core: Core, facts: ChannelFacts, user: string, read: number): Promise<MyChannel> {
  const { name, epoch, head, visibility, title } = facts
  const policy = policyOf(core, name)
  const collections = [...policy.collections.values()]
    .filter((collection) => collection.unread)
    .map((collection) => collection.name)
  const unread = await core.accounts.unread({ channel: name, collections, after: read, except: user, cap: unreadCap })
  const titled = title === null ? {} : { title }
  return {
    channel: name,
    name,
    namespace: policy.name,
    epoch,
    head,
    cursor: formatCursor(epoch, head),
    visibility,
    ...titled,
    read,
    unread,
  }
}

/** Moves the read marker forwards; a place beyond the head is the head. */
export async function markRead(core: Core, caller: Caller, channel: string, pos: number): Promise<MyChannel> {
  namedChannel(channel)
  await readable(core, caller, channel)
  const user = caller.user
  if (user === null) throw needsToken()
  const facts = await core.storeOf(channel).channel(channel)
  if (facts === null) throw new Failure('not_found', `Nothing was written to "${channel}" yet.`)
  const read = await core.accounts.markRead({ user, channel, epoch: facts.epoch, pos: Math.min(pos, facts.head) })
  return described(core, facts, user, read)
}
