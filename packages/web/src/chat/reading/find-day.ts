import type { Collection } from 'dovetail-client'
import type { MessageData } from '../../session/data-types.ts'

type Readable = Pick<Collection<MessageData>, 'list'>

/**
 * The position of the first message written at or after a time (ms since 1970); null if there is none. Messages are in
 * the order of their commits, so a binary search finds it: 20 small reads in a million messages.
 */
export async function findDay(messages: Readable, at: number): Promise<number | null> {
  const [newest] = (await messages.list({ limit: 1 })).records
  if (newest === undefined || Date.parse(newest.createdAt) < at) return null
  let low = 0 // the messages up to this position are older
  let found = newest.pos
  let high = newest.pos // the messages from this position on are not
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    // Positions are shared with reactions and members, so there may be no message right above the middle.
    const [next] = (await messages.list({ after: middle, limit: 1 })).records
    const old = next !== undefined && Date.parse(next.createdAt) < at
    if (old) {
      low = next.pos
    } else {
      if (next !== undefined) found = next.pos
      high = middle
    }
  }
  return found
}
