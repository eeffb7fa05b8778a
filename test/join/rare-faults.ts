/**
 * Bugs that show once in hundreds of frames or readings, so that only a checker that provokes many of them finds them in
 * a short run [S11].
 */
import { Feed } from '../../packages/server/src/core/log/feeds/feed.ts'
import type { Range } from '../../packages/server/src/core/log/feeds/range.ts'
import { Hub } from '../../packages/server/src/core/log/hub.ts'
import type { Store } from '../../packages/server/src/ports/store.ts'
import { through, withJson } from './through.ts'

const liveFramesPerDrop = 500
const catchUpsPerDrop = 50

/** One frame in 500 of those that go to live readers is not sent to one of them. */
export function liveFrameDropped(store: Store): Store {
  const { take } = Feed.prototype
  let sent = 0
  Feed.prototype.take = function (this: Feed, ranges) {
    take.call(
      this,
      ranges.filter(() => ++sent % liveFramesPerDrop !== 0),
    )
  }
  return store
}

/** One catch-up in 50 leaves out the last change of a frame. */
export function rareCatchUpDrop(store: Store): Store {
  const { readOn } = Hub.prototype
  let caughtUp = 0
  Hub.prototype.readOn = function (this: Hub, cursor) {
    const found = readOn.call(this, cursor)
    if (found instanceof Promise || found.kind !== 'ranges') return found
    if (++caughtUp % catchUpsPerDrop !== 0) return found
    return { ...found, ranges: found.ranges.map(withoutLast) }
  }
  return store
}

function withoutLast(range: Range): Range {
  const { changes, ...rest } = JSON.parse(range.frame.json) as { readonly changes: readonly unknown[] }
  const json = JSON.stringify({ ...rest, changes: changes.slice(0, -1) })
  return withJson(range, json)
}

/** `before=` leaves out the position directly below it. */
export function beforeTooLow(store: Store): Store {
  return beforeMovedBy(store, -1)
}

/** `before=` gives the record at that position again. */
export function beforeTooHigh(store: Store): Store {
  return beforeMovedBy(store, 1)
}

function beforeMovedBy(store: Store, by: number): Store {
  return {
    ...through(store),
    page: (query) =>
      store.page('before' in query.from ? { ...query, from: { before: Math.max(0, query.from.before + by) } } : query),
  }
}
