import type { Incoming } from './incoming.ts'

/**
 * The order of a channel is that of its log, and what is imported comes into it in the order sent. So records are sent by
 * their dates, and in the order of the source where they have the same or none. All of the source is held in memory.
 */
export async function inDateOrder(source: AsyncIterable<Incoming>): Promise<readonly Incoming[]> {
  const all: { readonly at: number; readonly incoming: Incoming }[] = []
  let last = Number.NEGATIVE_INFINITY
  let isOrdered = true
  for await (const incoming of source) {
    const at = timeOf(incoming, last)
    if (at < last) isOrdered = false
    last = at
    all.push({ at, incoming })
  }
  if (!isOrdered) all.sort((a, b) => a.at - b.at)
  return all.map(({ incoming }) => incoming)
}

/** What has no date, or none that can be read, stays behind what stands before it. */
function timeOf(incoming: Incoming, last: number): number {
  if (!('record' in incoming)) return last
  const { createdAt, updatedAt } = incoming.record
  const time = Date.parse(String(createdAt ?? updatedAt))
  return Number.isNaN(time) ? last : time
}
