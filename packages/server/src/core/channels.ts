/** Channels themselves: described, listed, made, deleted. */
import { formatCursor, type PutChannel } from '@dovetail/protocol'
import type { ChannelFacts } from '../ports/store.ts'
import { namedChannel, policyOf } from './address.ts'
import { authorize, channelNotFound, memberRecordId } from './authorize.ts'
import type { Caller } from './caller.ts'
import { checkedPayload } from './check.ts'
import { announceChanges } from './commit.ts'
import type { Core } from './core.ts'
import { Failure } from './failure.ts'
import { readable } from './read.ts'
import { askedAtOnce, readableAmong } from './readable-among.ts'

export interface Description {
  readonly name: string
  readonly namespace: string
  readonly epoch: string | null
  readonly head: number
  readonly cursor: string
  readonly collections: readonly string[]
  readonly readers: number
  readonly createdAt: string | null
  readonly visibility: 'public' | 'private'
  readonly title?: string
}

export async function describeChannel(core: Core, caller: Caller, channel: string): Promise<Description> {
  await readable(core, caller, channel)
  await core.audience.ready(channel)
  return description(core, channel, await core.storeOf(channel).channel(channel))
}

function description(core: Core, channel: string, facts: ChannelFacts | null): Description {
  const policy = policyOf(core, channel)
  return {
    name: channel,
    namespace: policy.name,
    epoch: facts?.epoch ?? null,
    head: facts?.head ?? 0,
    cursor: formatCursor(facts?.epoch ?? null, facts?.head ?? 0),
    collections: [...policy.collections.keys()],
    readers: core.audience.readers(channel),
    createdAt: facts === null ? null : new Date(facts.createdAt).toISOString(),
    visibility: facts?.visibility ?? (policy.private ? 'private' : 'public'),
    ...(facts?.title == null ? {} : { title: facts.title }),
  }
}

export interface ChannelListing {
  readonly channels: readonly Description[]
  readonly after: string | null
}

/** The most channels looked at for one reply: a caller who may read few of many is told where to go on. */
const scanLimit = 2000

export async function listChannels(
  core: Core,
  caller: Caller,
  query: { prefix: string; after: string; limit: number },
): Promise<ChannelListing> {
  const found: Description[] = []
  const batches = await Promise.all(
    storesOf(core).map((store) => store.channels({ prefix: query.prefix, after: query.after, limit: scanLimit })),
  )
  const rows = batches
    .flat()
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .slice(0, scanLimit)
  for (let at = 0; at < rows.length; at += askedAtOnce) {
    const some = rows.slice(at, at + askedAtOnce)
    const allowed = await readableAmong(
      core,
      caller,
      some.map(({ name }) => name),
    )
    for (const facts of some) {
      if (found.length === query.limit) return { channels: found, after: found.at(-1)?.name ?? null }
      if (allowed.has(facts.name)) found.push(description(core, facts.name, facts))
    }
  }
  return { channels: found, after: rows.length === scanLimit ? (rows.at(-1)?.name ?? null) : null }
}

function storesOf(core: Core) {
  return [...new Set([core.durable, ...[...core.policies.namespaces.keys()].map((name) => core.storeOf(name))])]
}

/** `read` gives what the channel shall be, or refuses it; it is asked once the caller may know and open it. */
export async function openChannel(
  core: Core,
  caller: Caller,
  channel: string,
  read: () => PutChannel,
): Promise<{ made: boolean; channel: Description }> {
  namedChannel(channel)
  const policy = policyOf(core, channel)
  const store = core.storeOf(channel)
  const standing = await core.standings.of(channel, caller.user)
  const mayOpen = () =>
    authorize({ caller, channel, policy, standing, action: { verb: 'open' }, now: core.clock.now() })
  if (standing.facts !== null) {
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
  const user = caller.user ?? ''
  const owner =
    policy.collections.has('members') && caller.user !== null
      ? { recordId: memberRecordId(user), author: user, data: JSON.stringify({ user, role: 'owner' }) }
      : null
  const visibility = body.visibility ?? (policy.private ? 'private' : 'public')
  const opened = await store.open({ name: channel, at: core.clock.now(), visibility, title: body.title ?? null, owner })
  core.standings.forget(channel)
  announceChanges(core, channel, opened.channel.epoch, opened.channel.head, opened.changes)
  if (!opened.made) return { made: false, channel: await describeChannel(core, caller, channel) }
  return { made: true, channel: description(core, channel, opened.channel) }
}

/** Who may not open channels here is told the same of a name that is taken as of one that is free. */
async function describeKept(
  core: Core,
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

export async function deleteChannel(core: Core, caller: Caller, channel: string): Promise<void> {
  namedChannel(channel)
  const policy = policyOf(core, channel)
  const standing = await core.standings.of(channel, caller.user)
  if (standing.facts === null) throw channelNotFound(channel)
  await authorize({ caller, channel, policy, standing, action: { verb: 'manage' }, now: core.clock.now() })
  if (!(await core.storeOf(channel).drop(channel))) throw channelNotFound(channel)
  core.standings.forget(channel)
  core.hubs.drop(channel)
  core.backbone.ring({ kind: 'dropped', channel })
}
