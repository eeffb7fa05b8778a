import type { ChannelFacts, Store } from '../../ports/store.ts'
import { storesOf } from '../read/channels.ts'
import { type ChannelPattern, hasNamespace, matchesPattern } from './channel-pattern.ts'
import type { FollowerContext } from './context.ts'

/** Read from a store at a time. */
const listedAtOnce = 1000

/** All channels of the pattern whose namespace is declared; `null`: there are more than `most`. */
export async function matchingChannels(
  core: FollowerContext,
  pattern: ChannelPattern,
  most: number,
): Promise<readonly ChannelFacts[] | null> {
  const found: ChannelFacts[] = []
  if (pattern.isName) {
    const facts = await core.storeOf(pattern.prefix).channel(pattern.prefix)
    return facts === null ? [] : [facts]
  }
  const stores = hasNamespace(pattern) ? [core.storeOf(pattern.prefix)] : storesOf(core)
  for (const store of stores) {
    for await (const rows of listed(store, pattern.prefix)) {
      // A store may keep channels of a namespace that is not declared any more, or that another store keeps now.
      found.push(...rows.filter(({ name }) => matchesPattern(pattern, name) && isKept(core, store, name)))
      if (found.length > most) return null
    }
  }
  return found
}

async function* listed(store: Store, prefix: string): AsyncGenerator<readonly ChannelFacts[], void> {
  let after = ''
  for (;;) {
    const rows = await store.channels({ prefix, after, limit: listedAtOnce })
    yield rows
    const last = rows.at(-1)
    if (last === undefined || rows.length < listedAtOnce) return
    after = last.name
  }
}

function isKept(core: FollowerContext, store: Store, channel: string): boolean {
  return core.policies.of(channel) !== null && core.storeOf(channel) === store
}
