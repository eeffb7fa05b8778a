import type { Page } from 'dovetail-protocol'
import { parseCursor } from 'dovetail-protocol/cursor'
import { DovetailError } from '../base/errors.ts'
import { channelPath } from '../base/rest.ts'
import type { Subscription } from '../connection/subscription.ts'
import type { Engine } from './engine.ts'
import type { WholeRange } from './record-window.ts'

export interface RangeQuery {
  readonly limit: number
  readonly before?: number
  readonly after?: number
  readonly around?: number
}

export type ReadRange = WholeRange & { readonly epoch: string | null }

/** Reads a page and the range of positions that it covers completely. The page is at least as new as the subscription's cursor, so that no change falls between the two. */
export async function readRange(
  engine: Engine,
  subscription: Subscription,
  collection: string,
  query: RangeQuery,
): Promise<ReadRange> {
  const held = subscription.cursor
  const path = `${channelPath(subscription.channel)}/${collection}`
  const headers = { 'dovetail-at': held?.epoch ? (subscription.cursorText ?? undefined) : undefined }
  const limit = engine.network.limits.pageRecords(query.limit)
  const page = await engine.network.rest.get<Page>(path, { query: { ...query, limit }, headers })
  const cursor = parseCursor(page.cursor ?? '0')
  const other = held?.epoch != null && cursor?.epoch !== held.epoch
  if (other) subscription.rejoin()
  if (cursor === null || other || cursor.rev < (held?.rev ?? 0)) {
    throw new DovetailError('network', 'a page of another time')
  }
  return {
    records: page.records,
    from: query.after === undefined ? (page.before ?? 0) : query.after + 1,
    to: query.before === undefined ? (page.after ?? Number.POSITIVE_INFINITY) : query.before - 1,
    at: cursor.rev,
    epoch: cursor.epoch,
  }
}
