/** Reads on in the channels that a worker has claimed. */
import { formatReadingCursor } from 'dovetail-protocol'
import type { ChannelCursor, Settlement } from '../../ports/consumers/consumers.ts'
import type { Caller } from '../access/caller.ts'
import { bytesOf, type FollowedChanges, type Part, readPart } from '../following/read-part.ts'
import type { ConsumerContext } from './context.ts'

export type ConsumedPart = Part & {
  /** The position before the part; `0`: none. */
  readonly after: string
  /** To acknowledge when all of the part is done. */
  readonly cursor: string
  /** That of the log when it was read. */
  readonly floor: number
}

/** To acknowledge when the part is done up to this revision; it is read on from there also in a purged log. */
export function cursorWithin({ epoch, floor }: FollowedChanges & ConsumedPart, rev: number): string {
  return formatReadingCursor(epoch, rev, floor)
}

export interface PartsRead {
  readonly parts: readonly ConsumedPart[]
  /** The channels that are freed again, since they have nothing new, or since there was no room for what they have. */
  readonly settled: readonly Settlement[]
  /** The channels that have more than was read. */
  readonly more: readonly string[]
}

export async function readParts(
  core: ConsumerContext,
  caller: Caller,
  claimed: readonly ChannelCursor[],
  bounds: { readonly changes: number; readonly bytes: number },
): Promise<PartsRead> {
  const parts: ConsumedPart[] = []
  const settled: Settlement[] = []
  const more: string[] = []
  let { changes: limit, bytes } = bounds
  const keepFor = (channel: string): void => {
    more.push(channel)
    settled.push({ channel, cursor: null, keep: false, delayMs: 0 })
  }
  for (const { channel, cursor: from } of claimed) {
    if (limit <= 0) {
      keepFor(channel)
      continue
    }
    const read = await readPart(core, caller, { channel, cursor: from, limit, bytes })
    if (parts.length > 0 && bytesOf(read.part) > bytes) {
      keepFor(channel)
      continue
    }
    if (read.more) more.push(channel)
    if (read.part === null) settled.push({ channel, cursor: read.cursor, keep: false, delayMs: 0 })
    else {
      // A position does not move back in one log, and this one would stay ahead of it.
      if ('changes' in read.part && read.part.reset === 'ahead')
        settled.push({ channel, cursor: '0', keep: true, delayMs: 0 })
      parts.push({ ...read.part, after: from, cursor: read.cursor, floor: read.floor })
    }
    bytes -= bytesOf(read.part)
    if (read.part !== null && 'changes' in read.part) limit -= read.part.changes.length
  }
  return { parts, settled, more }
}
