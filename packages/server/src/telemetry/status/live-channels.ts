/** The channels that this node follows for its readers, the busiest first. */
import type { Hub } from '../../core/log/hub.ts'

export type LiveHub = Pick<Hub, 'channel' | 'epoch' | 'head' | 'readers'> & {
  readonly progress: Pick<Hub['progress'], 'behind' | 'behindSince'>
}

export interface LiveChannelFigures {
  readonly channel: string
  readonly head: number
  readonly readers: number
  /** Readings that are behind. */
  readonly behind: number
  readonly behindSeconds: number
  readonly changesPerSecond: number
}

interface Sample {
  readonly at: number
  readonly heads: ReadonlyMap<string, { readonly epoch: string | null; readonly head: number }>
}

/** A rate over less says nothing, and many who look at once cost one sample. */
const leastMs = 1000
/** A rate over more is not that of now. */
const mostMs = 60_000

export class LiveChannels {
  readonly #hubs: () => readonly LiveHub[]
  readonly #monotonic: () => number
  #last: Sample | null = null
  #before: Sample | null = null

  /** `monotonic`: in ms. */
  constructor(hubs: () => readonly LiveHub[], monotonic: () => number) {
    this.#hubs = hubs
    this.#monotonic = monotonic
  }

  /** At most `limit` of them. The rates are those since an earlier call, so that nothing is counted while nobody looks. */
  busiest(limit: number): LiveChannelFigures[] {
    const now = this.#monotonic()
    const hubs = this.#hubs()
    this.#sample(now, hubs)
    return hubs
      .map((hub) => this.#figuresOf(hub, now))
      .sort(
        (a, b) => b.changesPerSecond - a.changesPerSecond || b.readers - a.readers || (a.channel < b.channel ? -1 : 1),
      )
      .slice(0, limit)
  }

  #sample(now: number, hubs: readonly LiveHub[]): void {
    if (this.#last !== null && now - this.#last.at < leastMs) return
    this.#before = this.#last !== null && now - this.#last.at <= mostMs ? this.#last : null
    this.#last = { at: now, heads: new Map(hubs.map(({ channel, epoch, head }) => [channel, { epoch, head }])) }
  }

  #figuresOf({ channel, epoch, head, readers, progress }: LiveHub, now: number): LiveChannelFigures {
    const earlier = this.#before?.heads.get(channel)
    const rose = earlier !== undefined && earlier.epoch === epoch ? Math.max(0, head - earlier.head) : 0
    const seconds = this.#before === null ? 0 : (now - this.#before.at) / 1000
    const { behind, behindSince } = progress
    return {
      ...{ channel, head, readers, behind },
      behindSeconds: behind === 0 ? 0 : Math.max(0, now - behindSince) / 1000,
      changesPerSecond: seconds === 0 ? 0 : Math.round((rose / seconds) * 1000) / 1000,
    }
  }
}
