import type { Page, SnapshotPage, SubscribeOk } from 'dovetail-protocol'
import { parseCursor } from 'dovetail-protocol/cursor'
import { DovetailError } from '../base/errors.ts'
import type { Network } from '../base/network.ts'
import { channelPath, errorFrom } from '../base/rest.ts'
import { listPresent } from './http-presence.ts'
import { askChanges, type ChannelReply, framesOf } from './round.ts'
import type { LinkEvents, SubscribeRequest } from './transport.ts'

type JoinEvents = Pick<LinkEvents, 'subscribed' | 'refused' | 'frame'>

/** Composes the reply that a `subscribe` gets on a socket from plain requests. */
export async function join(
  network: Network,
  requests: readonly SubscribeRequest[],
  signal: AbortSignal,
  events: JoinEvents,
): Promise<void> {
  const resuming = requests.filter((request) => request.after !== undefined)
  const fresh = requests.filter((request) => request.after === undefined)
  const beginOneByOne = async () => {
    for (let request = fresh.shift(); request !== undefined; request = fresh.shift()) {
      await begin(network, request, null, signal, events)
    }
  }
  await Promise.all([resume(network, resuming, signal, events), ...Array.from({ length: atOnce }, beginOneByOne)])
}

/** How many requests run at once: a browser has about six connections to an origin over HTTP/1.1. */
const atOnce = 4

/** Resumes all channels with a held cursor by one request. */
async function resume(
  network: Network,
  requests: readonly SubscribeRequest[],
  signal: AbortSignal,
  events: JoinEvents,
): Promise<void> {
  if (requests.length === 0) return
  const subs = Object.fromEntries(requests.map(({ channel, after }) => [channel, after ?? '0']))
  const refuseAll = (error: DovetailError) => {
    for (const request of requests) events.refused(request, error)
  }
  const answer = await askChanges(network, subs, {}, { signal }).catch(refuseAll)
  const byChannel = new Map((answer?.replies ?? []).map((reply) => [reply.channel, reply]))
  await Promise.all(
    requests.map((request) => {
      const reply = byChannel.get(request.channel)
      return reply === undefined ? undefined : resumed(network, request, reply, signal, events)
    }),
  )
}

async function resumed(
  network: Network,
  request: SubscribeRequest,
  reply: ChannelReply,
  signal: AbortSignal,
  events: JoinEvents,
): Promise<void> {
  if (reply.error !== undefined) {
    if (reply.error.code === 'reset') return begin(network, request, reply.error.reason ?? 'epoch', signal, events)
    return events.refused(request, errorFrom(reply.error, 0))
  }
  const { after = '0', channel } = request
  const resume = reply.changes.length > 0 ? 'catching_up' : 'live'
  const epoch = parseCursor(reply.cursor)?.epoch ?? null
  try {
    events.subscribed(request, {
      channel,
      resume,
      epoch,
      cursor: after,
      ...(await presenceOf(network, request, signal)),
    })
  } catch (error) {
    return events.refused(request, error as DovetailError)
  }
  for (const frame of framesOf(reply)) events.frame(frame)
}

/** A channel without a cursor, or with one that can't be continued: pages, and the lowest of their cursors. */
async function begin(
  network: Network,
  request: SubscribeRequest,
  reason: 'expired' | 'epoch' | 'ahead' | null,
  signal: AbortSignal,
  events: JoinEvents,
): Promise<void> {
  const { channel, last } = request
  const path = channelPath(channel)
  try {
    const snapshot: Record<string, SnapshotPage> = {}
    const cursors: string[] = []
    const presence = await presenceOf(network, request, signal)
    for (const [collection, limit] of Object.entries(last ?? {})) {
      const page = await network.rest.get<Page>(`${path}/${collection}`, {
        query: { limit: network.limits.pageRecords(limit) },
        signal,
      })
      snapshot[collection] = page
      cursors.push(page.cursor ?? '0')
    }
    if (cursors.length === 0) cursors.push((await network.rest.get<{ cursor: string }>(path, { signal })).cursor)
    const parsed = cursors.map((cursor) => parseCursor(cursor))
    if (parsed.some((cursor) => cursor?.epoch !== parsed[0]?.epoch))
      throw new DovetailError('network', 'the log began anew meanwhile')
    const cursor = cursors.toSorted((a, b) => (parseCursor(a)?.rev ?? 0) - (parseCursor(b)?.rev ?? 0))[0] ?? '0'
    const start = reason === null ? { resume: 'live' as const } : { resume: 'reset' as const, reason }
    const ok: SubscribeOk = { channel, ...start, epoch: parsed[0]?.epoch ?? null, cursor, snapshot, ...presence }
    events.subscribed(request, ok)
  } catch (error) {
    events.refused(request, error as DovetailError)
  }
}

/** Reads the presence list, if it was requested. */
async function presenceOf(
  network: Network,
  { channel, presence }: SubscribeRequest,
  signal: AbortSignal,
): Promise<Pick<SubscribeOk, 'presence'>> {
  return presence ? { presence: await listPresent(network, channel, signal) } : {}
}
