/**
 * A reading begins: from now, from a cursor, or from a snapshot and its cursor in one read. The
 * reply is given before the feed begins, so that nothing can come before it.
 */
import { formatCursor, type ResetReason } from 'dovetail-protocol'
import type { Outlet } from '../../ports/outlet.ts'
import type { ChannelFacts, RecordPage } from '../../ports/store.ts'
import { collectionOf, namedCollection } from '../access/address.ts'
import type { Caller } from '../access/caller.ts'
import { readable, readSteadily } from '../access/readable.ts'
import { Feed, type FeedOptions } from '../log/feeds/feed.ts'
import type { Hub } from '../log/hub.ts'
import { requirePresence } from '../presence/presence-verbs.ts'
import { Failure } from '../rules/failure.ts'
import type { FollowContext } from './context.ts'
import { parsedCursor, type StartCursor, whyReset } from './read.ts'

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

/** The most records of one catching-up that are charged, so that a long absence locks nobody out for long. */
const maxRecordsCharged = 100_000

/** How many records the subscription reads before it is live: those of its snapshot, and those above its cursor. */
export function recordsAhead({ hub, feed, snapshot }: Subscription): number {
  let records = Math.max(0, hub.head - feed.cursor)
  for (const page of snapshot?.values() ?? []) records += page.records.length
  return Math.min(records, maxRecordsCharged)
}

/** The feed is made but has not begun: call `feed.begin()` once the reply is on its way. */
export async function subscribe(
  core: FollowContext,
  caller: Caller,
  request: SubscribeRequest,
  outlet: Outlet,
  options: Omit<FeedOptions, 'hasLatest'>,
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
  if (options.demand) await core.readerCounts.ready(channel)
  const ask = collections.length === 0 ? null : collections
  if (options.presence || (ask !== null && cursor === null)) await request.turn?.take()
  const hub = await core.hubs.open(channel)
  const start = await readStart(core, caller, request, cursor, ask)
  const { facts, reason } = start
  // A hub that follows another log than the one that was read takes over what the store has.
  if (hub.epoch !== (facts?.epoch ?? null)) await hub.readStore()
  // The log or a membership may have changed since the read; from here to the join nothing can come between.
  const isStale =
    core.hubs.get(channel) !== hub || hub.epoch !== (facts?.epoch ?? null) || hub.membersRev > (facts?.membersRev ?? 0)
  if (isStale) return subscribe(core, caller, request, outlet, options)
  if (facts !== null) hub.checkHead(facts.epoch, facts.head)
  const rev = cursor !== null && reason === null ? cursor.rev : (facts?.head ?? 0)
  const hasLatest = [...policy.collections.values()].some(({ latest }) => latest)
  const held = { begunAt: cursor?.begunAt, foldedTo: facts?.head }
  const feed = new Feed(hub, caller, outlet, rev, { ...options, hasLatest, ...held })
  hub.join(feed)
  if (reason !== null) core.hubs.counts.reset(channel, reason, caller.user)
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
  core: FollowContext,
  caller: Caller,
  request: SubscribeRequest,
  cursor: StartCursor | null,
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
  const { replyBytes, frameBytes } = core.limits
  // Several collections share one frame evenly, whichever of them the store reads first.
  const bytes = ask.length === 1 ? Math.min(replyBytes, frameBytes) : replyBytes
  const read = await readSteadily(core, caller, channel, () => store.snapshot({ channel, collections: ask, bytes }))
  const facts = read?.channel ?? null
  const snapshot = new Map(ask.map(({ collection }, index) => [collection, read?.pages[index] ?? emptyPage]))
  return { facts, reason: cursor === null ? null : whyReset(cursor, facts), snapshot }
}

const emptyPage = { records: [], before: null, after: null }
