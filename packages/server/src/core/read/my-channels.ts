/** A user's own channels: where they are a member or have read, with what is new there. */
import { formatCursor, memberRecordId } from 'dovetail-protocol'
import type { ChannelFacts } from '../../ports/store.ts'
import { policyOf } from '../access/address.ts'
import type { Caller } from '../access/caller.ts'
import { readableAmong } from '../access/readable-among.ts'
import type { AccountContext } from './context.ts'

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

export async function myChannels(
  core: AccountContext,
  caller: Caller,
  after: string,
  limit: number,
): Promise<MyChannels> {
  const user = caller.user ?? ''
  const rows = await core.accounts.channelsOf({ user, memberId: memberRecordId(user), after, limit })
  const channels: MyChannel[] = []
  const allowed = await readableAmong(
    core,
    caller,
    rows.map(({ channel }) => channel.name),
  )
  for (const { channel, read } of rows) {
    if (allowed.has(channel.name)) channels.push(await describeOwn(core, channel, user, read))
  }
  return { channels, after: rows.length === limit ? (rows.at(-1)?.channel.name ?? null) : null }
}

/** `read`: the user's marker. */
export async function describeOwn(
  core: AccountContext,
  facts: ChannelFacts,
  user: string,
  read: number,
): Promise<MyChannel> {
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
