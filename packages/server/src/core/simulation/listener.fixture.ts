import { anonymous } from '../access/caller.ts'
import { Feed, type FeedOptions } from '../log/feeds/feed.ts'
import { GateOutlet } from './gate-outlet.fixture.ts'

const nothingToRead = {
  flushed: 0,
  readOn: () => ({ kind: 'replaced' }) as const,
  expire: () => {},
  leave: () => {},
  joinLive: () => {},
  leaveLive: () => {},
}

/** A reader of a channel without changes: it gets the transient frames. */
export function listener(wants: Partial<FeedOptions>): { readonly feed: Feed; readonly outlet: GateOutlet } {
  const outlet = new GateOutlet()
  const options = {
    hasLatest: false,
    signals: false,
    presence: false,
    demand: false,
    counted: true,
    maxBytes: null,
    ...wants,
  }
  const feed = new Feed(nothingToRead, anonymous, outlet, 0, { onEnded: () => {}, onBroken: () => {}, ...options })
  feed.begin()
  return { feed, outlet }
}
