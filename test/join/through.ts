import type { Range } from '../../packages/server/src/core/log/feeds/range.ts'
import { Frame } from '../../packages/server/src/ports/frame.ts'
import type { Store } from '../../packages/server/src/ports/store.ts'

/** A store's methods as a plain object, so that some of them can be replaced. */
export function through(store: Store): Store {
  return {
    commit: (group) => store.commit(group),
    open: (channel) => store.open(channel),
    drop: (...values) => store.drop(...values),
    channel: (name) => store.channel(name),
    channels: (query) => store.channels(query),
    recentChannels: (limit) => store.recentChannels(limit),
    lookup: (channel, targets, key) => store.lookup(channel, targets, key),
    page: (query) => store.page(query),
    changes: (query) => store.changes(query),
    snapshot: (query) => store.snapshot(query),
    surplus: (query) => store.surplus(query),
    search: (query) => store.search(query),
    purge: (before) => store.purge(before),
    renew: () => store.renew(),
    close: () => store.close(),
  }
}

/** A range whose frame carries other JSON. */
export function withJson(range: Range, json: string): Range {
  return Object.create(range, { frame: { value: new Frame('changes', json, range.frame.cursor) } }) as Range
}
