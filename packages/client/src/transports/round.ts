import type { ChangesReply, DownEvent, ErrorBody, Signal } from '@dovetail/protocol'
import { parseCursor } from '@dovetail/protocol/cursor'
import type { DovetailError } from '../errors.ts'
import type { Network } from '../network.ts'
import { channelPath, errorFrom } from '../rest.ts'
import type { TransportName } from './transport.ts'

/** One reading on over HTTP: a stream, a parked request, or a poll and the pause after it. */
export interface Round {
  readonly network: Network
  readonly over: TransportName
  /** Channel to cursor. */
  readonly subs: Readonly<Record<string, string>>
  /** What is asked beside changes, as query parameters. */
  readonly extras: Readonly<Record<string, string>>
  /** Ends the round: the set of channels changed, or the link is closed. */
  readonly signal: AbortSignal
  frame(frame: DownEvent): void
  /** Something came: what was sent passes. */
  alive(): void
}

/** Ends well when the next round may begin; rejects with a `DovetailError` that says what `how` was wrong. */
export type Follow = (round: Round) => Promise<void>

/** The most channels whose cursors go in a URL; more go in a body. */
const inUrl = 20

/** Method, path, query and body of a request for these channels' changes. */
export function changesRequest(subs: Readonly<Record<string, string>>, extras: Readonly<Record<string, string>> = {}) {
  const entries = Object.entries(subs)
  const query = new URLSearchParams(extras)
  if (entries.length > inUrl) return { method: 'POST', path: '/v1/changes', query, body: { subs } }
  const [only] = entries
  if (entries.length === 1 && only !== undefined) {
    query.set('after', only[1])
    return { method: 'GET', path: `${channelPath(only[0])}/changes`, query }
  }
  for (const [channel, cursor] of entries) query.append('sub', `${channel}@${cursor}`)
  return { method: 'GET', path: '/v1/changes', query }
}

export type ChannelReply =
  | (ChangesReply & { error?: undefined })
  | { channel: string; error: ErrorBody & { reason?: 'expired' | 'epoch' | 'ahead'; cursor?: string } }

/** Asks once. What a poll of one channel refuses is that channel's error, as in a poll of several. */
export async function askChanges(
  network: Network,
  subs: Readonly<Record<string, string>>,
  extras?: Readonly<Record<string, string>>,
  options: { signal?: AbortSignal | undefined; timeoutMs?: number } = {},
): Promise<{ replies: ChannelReply[]; signals: Signal[] }> {
  const { method, path, ...rest } = changesRequest(subs, extras)
  const [only] = Object.keys(subs)
  try {
    const { body } = await network.rest.ask(method, path, { ...rest, ...options })
    const told = body as (ChannelReply | { channels: ChannelReply[] }) & { signals?: Signal[] }
    return { replies: 'channels' in told ? told.channels : [told], signals: told.signals ?? [] }
  } catch (cause) {
    const error = cause as DovetailError
    const single = path !== '/v1/changes' && only !== undefined
    if (!single || !['reset', 'forbidden', 'not_found', 'invalid_cursor'].includes(error.code)) throw error
    return { replies: [{ channel: only, error: error.cause as ErrorBody }], signals: [] }
  }
}

/** A poll's reply as the frames that a socket would have sent. */
export function framesOf(reply: ChannelReply): DownEvent[] {
  const { channel } = reply
  if (reply.error === undefined) {
    const { from, to, changes, cursor } = reply
    const epoch = parseCursor(cursor)?.epoch
    return [{ op: 'changes', channel, from, to, changes, ...(epoch ? { epoch } : {}) }]
  }
  const { reason, cursor } = reply.error
  switch (errorFrom(reply.error, 0).code) {
    case 'reset':
      return [
        {
          op: 'reset',
          channel,
          reason: reason ?? 'epoch',
          epoch: parseCursor(cursor ?? '0')?.epoch ?? null,
          cursor: cursor ?? '0',
        },
      ]
    case 'forbidden':
    case 'not_found':
      return [{ op: 'ended', channel, reason: 'forbidden' }]
    default:
      return []
  }
}

/** Whether something passed. A range may have moved on with nothing in it: what changed in it changed again later. */
export function isNews(frame: DownEvent): boolean {
  return frame.op !== 'changes' || frame.to > frame.from
}
