/** The readers of this node that take less than there is, those first that have been behind for the longest. */
import type { Caller } from '../../core/access/caller.ts'
import type { Feed } from '../../core/log/feeds/feed.ts'
import type { Transport } from '../metrics.ts'

export interface SlowReaderFigures {
  readonly user: string | null
  readonly role: string
  readonly session: string | null
  readonly transport: Transport
  readonly queuedBytes: number
  readonly behindSeconds: number
  /** The channels in which it is behind, some at most. */
  readonly channels: readonly string[]
}

export interface BehindReader {
  readonly transport: Transport
  readonly caller: Pick<Caller, 'user' | 'role' | 'session'>
  readonly outlet?: { readonly isBehind: boolean; readonly queuedBytes: number }
}

export interface BehindHub {
  readonly channel: string
  readonly progress: { readonly lagging: ReadonlyMap<Pick<Feed, 'outlet'>, number> }
}

interface Found {
  readonly reader: BehindReader
  queuedBytes: number
  /** In monotonic ms. */
  since: number
  readonly channels: string[]
}

const maxChannels = 5

/** `now`: monotonic ms. */
export function slowReaders(
  readers: Iterable<BehindReader>,
  hubs: readonly BehindHub[],
  now: number,
  limit: number,
): SlowReaderFigures[] {
  const found = new Map<unknown, Found>()
  for (const reader of readers) {
    const { outlet } = reader
    if (outlet?.isBehind === true)
      found.set(outlet, { reader, queuedBytes: outlet.queuedBytes, since: now, channels: [] })
  }
  if (found.size === 0) return []
  for (const { channel, progress } of hubs) {
    for (const [{ outlet }, since] of progress.lagging) {
      const slow = found.get(outlet)
      if (slow === undefined) continue
      slow.since = Math.min(slow.since, since)
      if (slow.channels.length < maxChannels) slow.channels.push(channel)
    }
  }
  return [...found.values()]
    .sort((a, b) => a.since - b.since)
    .slice(0, limit)
    .map(({ reader: { caller, transport }, queuedBytes, since, channels }) => ({
      ...{ user: caller.user, role: caller.role, session: caller.session, transport },
      ...{ queuedBytes, behindSeconds: (now - since) / 1000, channels },
    }))
}
