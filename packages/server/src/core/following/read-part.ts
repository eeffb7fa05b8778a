/** Reads on in one channel of a pattern, from where its follower has come to. */
import { formatReadingCursor, type ResetReason } from 'dovetail-protocol'
import type { StoredRecord } from '../../ports/store.ts'
import type { Caller } from '../access/caller.ts'
import type { ReadContext } from '../read/context.ts'
import { readChanges } from '../read/read.ts'
import { Failure } from '../rules/failure.ts'

export interface FollowedChanges {
  readonly channel: string
  readonly epoch: string
  readonly from: number
  readonly to: number
  readonly changes: readonly StoredRecord[]
  /** Why what the follower has of this channel is void; these changes begin at the beginning. `null`: they go on. */
  readonly reset: ResetReason | null
}

export interface FollowedEnd {
  readonly channel: string
  readonly ended: 'deleted' | 'forbidden'
}

export type Part = FollowedChanges | FollowedEnd

export interface PartRead {
  /** `null`: there is nothing new. */
  readonly part: Part | null
  /** Where the follower is behind the part; `0`: in no log, or at its beginning. */
  readonly cursor: string
  readonly more: boolean
  /** That of the log when it was read; 0: nothing was. */
  readonly floor: number
}

export interface PartQuery {
  readonly channel: string
  /** `0`: from the beginning. */
  readonly cursor: string
  readonly limit: number
  readonly bytes: number
}

export async function readPart(core: ReadContext, caller: Caller, query: PartQuery): Promise<PartRead> {
  try {
    const { read, reset } = await readOn(core, caller, query)
    const { channel, epoch, from, to, changes, more, floor } = read
    if (epoch === null) return await endOf(core, query)
    const cursor = formatReadingCursor(epoch, to, floor)
    const isNews = changes.length > 0 || reset !== null
    return { part: isNews ? { channel, epoch, from, to, changes, reset } : null, cursor, more, floor }
  } catch (error) {
    if (error instanceof Failure && (error.code === 'not_found' || error.code === 'forbidden'))
      return await endOf(core, query)
    throw error
  }
}

/** Goes on from the cursor; where that can't be continued, from the beginning. */
async function readOn(core: ReadContext, caller: Caller, { channel, cursor, limit, bytes }: PartQuery) {
  const readAfter = (after: string) => readChanges(core, caller, channel, after, limit, bytes)
  try {
    return { read: await readAfter(cursor), reset: null }
  } catch (error) {
    const reset = error instanceof Failure ? (error.extras.reason ?? null) : null
    if (reset === null) throw error
    return { read: await readAfter('0'), reset }
  }
}

/** A channel that is gone, or may not be read: news only to whom it was there. */
async function endOf(core: ReadContext, { channel, cursor }: PartQuery): Promise<PartRead> {
  if (cursor === '0') return { part: null, cursor, more: false, floor: 0 }
  const facts = await core.storeOf(channel).channel(channel)
  return { part: { channel, ended: facts === null ? 'deleted' : 'forbidden' }, cursor: '0', more: false, floor: 0 }
}

/** Room for what stands around the changes of one channel. */
export const envelopeBytes = 512

export function bytesOf(part: Part | null): number {
  if (part === null || 'ended' in part) return 0
  return part.changes.reduce((sum, { data }) => sum + Buffer.byteLength(data) + envelopeBytes, 0)
}
