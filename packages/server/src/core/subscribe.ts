/**
 * A reading begins: from now, from a cursor, or from a snapshot and its cursor in one read. The
 * reply is given before the feed begins, so that nothing can come before it.
 */
import { formatCursor, type ResetReason } from '@dovetail/protocol'
import type { Outlet } from '../ports/outlet.ts'
import type { ChannelFacts, RecordPage } from '../ports/store.ts'
import { collectionOf, namedCollection } from './address.ts'
import type { Caller } from './caller.ts'
import type { Core } from './core.ts'
import { Failure } from './failure.ts'
import { Feed, type FeedOptions } from './feed.ts'
import type { Hub } from './hub.ts'
import { requirePresence } from './present.ts'
import { parsedCursor, readable, readSteadily, whyReset } from './read.ts'

export interface SubscribeRequest {
  readonly channel: string
  readonly after: string | null
  /** How many of the newest records of each collection; `null`: no snapshot. */
  readonly last: Readonly<Record<string, number>> | null
  /** Waited for before a large reply is made. */
  readonly turn?: { take(): Promise<void> }
}

export interface Subscription {
  readonly feed: Feed
  readonly hub: Hub
  readonly resume: 'live' | 'catching_up' | 'reset'
  readonly reason: ResetReason | null
  readonly epoch: string | null
  readonly cursor: string
  readonly snapshot: ReadonlyMap<string, Omit<RecordPage, 'channel'>> | null
}

/** The feed is made but has not begun: call `feed.begin()` once the reply is on its way. */
export async function subscribe(
  core: Core,
  caller: Caller,
  request: SubscribeRequest,
  outlet: Outlet,
  options: FeedOptions,
): Promise<Subscription> {
  const { channel } = request
  const { policy } = await readable(core, caller, channel)
  if (options.presence) requirePresence(core, channel)
  const cursor = request.after === null ? null : parsedCursor(request.after)
  const collections = Object.entries(request.last ?? {}).map(([collection, limit]) => {
    collectionOf(policy, namedCollection(collection))
    if (limit > core.limits.pageRecords)
      throw new Failure('invalid_data', 'A field of the command "subscribe" is missing or wrong.', {
        errors: [{ pointer: `/last/${collection}`, message: `This must be ${core.limits.pageRecords} or less.` }],
      })
    return { collection, limit }
  })
  if (options.presence) await core.presences.ready(channel)
  if (options.demand) await core.audience.ready(channel)
  const ask = collections.length === 0 ? null : collections
  if (options.presence || (ask !== null && cursor === null)) await request.turn?.take()
  const hub = await core.hubs.open(channel)
  const start = await readStart(core, caller, request, cursor, ask)
  const { facts, reason } = start
  // A hub that follows another log than the one that was read takes over what the store has.
  if (hub.epoch !== (facts?.epoch ?? null)) await hub.look()
  // The log or a membership may have changed since the read; from here to the join nothing can come between.
  const isStale =
    core.hubs.get(channel) !== hub || hub.epoch !== (facts?.epoch ?? null) || hub.membersRev > (facts?.membersRev ?? 0)
  if (isStale) return subscribe(core, caller, request, outlet, options)
  if (facts !== null) hub.suspect(facts.epoch, facts.head)
  const rev = cursor !== null && reason === null ? cursor.rev : (facts?.head ?? 0)
  const feed = new Feed(hub, caller, outlet, rev, options)
  hub.join(feed)
  return {
    feed,
    hub,
    resume: reason !== null ? 'reset' : rev < (facts?.head ?? 0) ? 'catching_up' : 'live',
    reason,
    epoch: facts?.epoch ?? null,
    cursor: cursor !== null && reason === null ? (request.after ?? '0') : formatCursor(facts?.epoch ?? null, rev),
    snapshot: start.snapshot,
  }
}

interface Start {
  readonly facts: ChannelFacts | null
  readonly reason: ResetReason | null
  readonly snapshot: ReadonlyMap<string, Omit<RecordPage, 'channel'>> | null
}

type Ask = readonly { collection: string; limit: number }[] | null

async function readStart(
  core: Core,
  caller: Caller,
  request: SubscribeRequest,
  cursor: ReturnType<typeof parsedCursor> | null,
  ask: Ask,
): Promise<Start> {
  const { channel } = request
  const store = core.storeOf(channel)
  const bare = async (): Promise<Start> => {
    const facts = await readSteadily(core, caller, channel, async () => {
      const found = await store.channel(channel)
      return found === null ? null : { channel: found }
    })
    return {
      facts: facts?.channel ?? null,
      reason: cursor === null ? null : whyReset(cursor, facts?.channel ?? null),
      snapshot: null,
    }
  }
  if (ask === null) return bare()
  if (cursor !== null) {
    // A cursor that can be continued wins over `last`.
    const start = await bare()
    if (start.reason === null) return start
    await request.turn?.take()
  }
  const bytes = core.limits.replyBytes - 2048
  const read = await readSteadily(core, caller, channel, () => store.snapshot({ channel, collections: ask, bytes }))
  const facts = read?.channel ?? null
  const snapshot = new Map(ask.map(({ collection }, index) => [collection, read?.pages[index] ?? emptyPage]))
  return { facts, reason: cursor === null ? null : whyReset(cursor, facts), snapshot }
}

const emptyPage = { records: [], before: null, after: null }
