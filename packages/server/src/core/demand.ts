/** Tells a feeder whether anybody reads, so that nobody computes what no one watches. */
import { Frame } from '../ports/frame.ts'
import type { Feed } from './feed.ts'
import type { Hub } from './hub.ts'

function demandFrame(hub: Hub): Frame {
  return new Frame('demand', JSON.stringify({ op: 'demand', channel: hub.channel, readers: hub.readers > 0 ? 1 : 0 }))
}

/** The first reader came, or the last one left. */
export function tellDemand(hub: Hub): void {
  hub.mention(demandFrame(hub), (feed) => feed.options.demand)
}

/** Once at the subscribe. */
export function tellDemandTo(hub: Hub, feed: Feed): void {
  feed.mention(demandFrame(hub))
}
