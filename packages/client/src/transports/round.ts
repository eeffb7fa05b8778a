import type { ChangesReply, DownEvent, ErrorBody, Signal } from 'dovetail-protocol'
import { parseCursor } from 'dovetail-protocol/cursor'
import { DovetailError } from '../base/errors.ts'
import type { Network } from '../base/network.ts'
import { channelPath, errorFrom } from '../base/rest.ts'
import type { TransportName } from './transport.ts'

/** One request that follows channels over HTTP: a stream, a long-poll, or a poll and the pause after it. */
export interface Round {
  readonly network: Network
  readonly over: TransportName
  /** Channel to cursor. */
  readonly subs: Readonly<Record<string, string>>
  /** Further query parameters of the request. */
  readonly extras: Readonly<Record<string, string>>
  /** Ends the round: the set of channels changed, or the link is closed. */
  readonly signal: AbortSignal
  frame(frame: DownEvent): void
  /** Something arrived: bytes of a stream, or an answer. */
  alive(): void
}

/** Resolves when the next round may begin; rejects with a `DovetailError`. */
export type Follow = (round: Round) => Promise<void>

/** The most channels whose cursors go in a URL; more go in a body. */
const inUrl = 20

/** Method, path, query and body of a request for these channels' changes. */
export function changesRequest(
  limits: Network['limits'],
  subs: Readonly<Record<string, string>>,
  extras: Readonly<Record<string, string>> = {},
) {
  const entries = Object.entries(subs)
  const query = new URLSearchParams(extras)
  if (entries.length > limits.pollChannels(inUrl)) return { method: 'POST', path: '/v1/changes', query, body: { subs } }
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

/** Sends one request. A refused poll of one channel gives that channel's error, as a poll of several does. */
export async function askChanges(
  network: Network,
  subs: Readonly<Record<string, string>>,
  extras?: Readonly<Record<string, string>>,
  options: { signal?: AbortSignal | undefined; timeoutMs?: number } = {},
): Promise<{ replies: ChannelReply[]; signals: Signal[] }> {
  const { method, path, ...rest } = changesRequest(network.limits, subs, extras)
  try {
    const { body, headers, status } = await network.rest.ask(method, path, { ...rest, ...options })
    network.limits.countReaders(headers)
    if (body === null) throw new DovetailError('network', 'an answer without a body', { status })
    const reply = body as (ChannelReply | { channels: ChannelReply[] }) & { signals?: Signal[] }
    return { replies: 'channels' in reply ? reply.channels : [reply], signals: reply.signals ?? [] }
  } catch (cause) {
    return { replies: [refusedReply(cause as DovetailError, subs)], signals: [] }
  }
}

/** Turns the server's refusal of the only requested channel into a reply for it. Throws any other error again. */
export function refusedReply(error: DovetailError, subs: Readonly<Record<string, string>>): ChannelReply {
  const [channel, ...others] = Object.keys(subs)
  const problem = error.cause as (ErrorBody & { code: string }) | null | undefined
  const isOfChannel = ['reset', 'forbidden', 'not_found', 'invalid_cursor'].includes(error.code)
  // A proxy's page may have the same status, and does not concern a channel.
  if (channel === undefined || others.length > 0 || !isOfChannel || problem?.code !== error.code) throw error
  return { channel, error: problem }
}

/** A poll's reply as the frames that a socket would have sent. */
export function framesOf(reply: ChannelReply): DownEvent[] {
  const { channel } = reply
  if (reply.error === undefined) {
    const { from, to, changes, cursor } = reply
    const epoch = parseCursor(cursor)?.epoch
    return [{ op: 'changes', channel, from, to, cursor, changes, ...(epoch ? { epoch } : {}) }]
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

/** Whether a frame makes progress. A range without changes may still advance the cursor, when its records changed again later. */
export function hasProgress(frame: DownEvent): boolean {
  return frame.op !== 'changes' || frame.to > frame.from
}
