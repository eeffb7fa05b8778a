/**
 * Bugs that this kind of server tends to have, planted from outside: as a store that stands before
 * the real one, or over one method of the core. No switch for them ships.
 */
import type { Range } from '../../packages/server/src/core/log/feeds/range.ts'
import { Tail } from '../../packages/server/src/core/log/feeds/tail.ts'
import type { Store } from '../../packages/server/src/ports/store.ts'
import { beforeTooHigh, beforeTooLow, liveFrameDropped, rareCatchUpDrop } from './rare-faults.ts'
import { replyFirst } from './reply-first.ts'
import { through, withJson } from './through.ts'

export const faults = {
  /** The page and its cursor come from two reads: what was written between them is in neither page nor stream. */
  'dropped-at-the-seam': (store: Store): Store => ({
    ...through(store),
    page: async (query) => {
      const page = await store.page(query)
      return page === null ? null : { ...page, channel: await laterFacts(store, page.channel) }
    },
  }),

  /** Every fifth run of changes says that it begins one revision later than it does. */
  'wrong-from': (store: Store): Store => {
    const { ranges } = Tail.prototype
    let made = 0
    Tail.prototype.ranges = function (this: Tail, ...asked) {
      return ranges.apply(this, asked).map((range) => (++made % 5 === 0 ? beginningLater(range) : range))
    }
    return store
  },

  /** The writer gets its reply, and the write is committed a little later. */
  'reply-before-commit': replyFirst,

  /** Whoever is caught up from the store misses the first change: everybody who comes back, since no tail helps. */
  'catch-up-off-by-one': (store: Store): Store => {
    Tail.prototype.covers = () => false
    return {
      ...through(store),
      changes: (query) => store.changes({ ...query, after: query.after === 0 ? 0 : query.after + 1 }),
    }
  },

  'live-frame-dropped': liveFrameDropped,
  'rare-catch-up-drop': rareCatchUpDrop,
  'before-too-low': beforeTooLow,
  'before-too-high': beforeTooHigh,
} satisfies Record<string, (store: Store) => Store>

export type Fault = keyof typeof faults

export function isFault(name: string | undefined): name is Fault {
  return name !== undefined && Object.hasOwn(faults, name)
}

/** The channel once its head has moved on, or after a while as it is. */
async function laterFacts<Facts extends { readonly name: string; readonly head: number }>(
  store: Store,
  facts: Facts,
): Promise<Facts> {
  for (let tries = 0; tries < 1000; tries++) {
    const now = await store.channel(facts.name)
    if (now !== null && now.head > facts.head) return { ...facts, head: now.head }
    await new Promise((resolve) => setImmediate(resolve))
  }
  return facts
}

function beginningLater(range: Range): Range {
  const json = range.frame.json.replace(`"from":${range.from},`, `"from":${range.from + 1},`)
  return withJson(range, json)
}
