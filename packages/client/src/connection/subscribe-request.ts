/** What a channel's subscribe has to ask for, so that every subscriber gets what it needs. */
import { type Cursor, formatCursor } from 'dovetail-protocol/cursor'
import type { Network } from '../base/network.ts'
import type { SubscribeRequest } from '../transports/transport.ts'
import type { Subscriber } from './subscriber.ts'

export function requestFor(
  channel: string,
  subscribers: readonly Subscriber[],
  cursor: Cursor | null,
  limits: Network['limits'],
): SubscribeRequest {
  const last: Record<string, number> = {}
  for (const { page } of subscribers) {
    if (page) last[page.collection] = limits.pageRecords(Math.max(last[page.collection] ?? 1, page.limit))
  }
  return {
    channel,
    // After cursor `0` the server would send the whole log. A new page of such a channel is smaller.
    after: cursor?.epoch ? formatCursor(cursor.epoch, cursor.rev) : undefined,
    last: Object.keys(last).length > 0 ? last : undefined,
    presence: subscribers.some((subscriber) => subscriber.presence) || undefined,
    signals: subscribers.some((subscriber) => subscriber.signals) || undefined,
  }
}

/** Whether the sent subscribe covers what is needed, apart from pages: a view without one reads it by REST. */
export function covers(sent: SubscribeRequest, needed: SubscribeRequest): boolean {
  return sent.presence === needed.presence && (sent.signals === needed.signals || sent.signals === true)
}

/** Whether the subscribe exceeds the limits, since it was sent before the server's hello. */
export function isOverLimits({ last = {} }: SubscribeRequest, limits: Network['limits']): boolean {
  return Object.values(last).some((limit) => limit > limits.pageRecords(limit))
}
