import type { Store, StoredRecord, Write } from '../../ports/store.ts'
import { openMemoryStore } from '../../stores/memory/memory-store.ts'
import { anonymous, type Caller } from '../access/caller.ts'
import { LogCounts } from '../log/counts/log-counts.ts'
import { CatchUpLane } from '../log/feeds/catch-up-lane.ts'
import { Feed } from '../log/feeds/feed.ts'
import { Flusher } from '../log/flush.ts'
import { Hub } from '../log/hub.ts'
import type { HubNode } from '../log/hub-node.ts'
import { Pace } from '../log/pace.ts'
import { GateOutlet } from './gate-outlet.fixture.ts'
import { HandClock } from './hand-clock.fixture.ts'
import { HeldStore } from './held-store.fixture.ts'

export interface Reader {
  readonly feed: Feed
  readonly outlet: GateOutlet
  readonly ended: string[]
  readonly broken: unknown[]
}

export const channel = 'chat:a'

export interface WorldOptions {
  /** Changes that the tail holds. */
  readonly entries?: number
  readonly frameBytes?: number
  /** Changes of one read of the store. */
  readonly limit?: number
  readonly isLatest?: HubNode['isLatest']
  readonly recheckAccess?: HubNode['recheckAccess']
  readonly recheckAccessOfAll?: HubNode['recheckAccessOfAll']
}

/** One hub on a memory store; the test sets the time, the store's answers and the outlets' capacity. */
export class HubWorld {
  readonly clock = new HandClock()
  readonly inner: Store
  readonly held: HeldStore
  readonly reports: string[] = []
  readonly demands: number[] = []
  readonly counts = new LogCounts(() => this.clock.now())
  readonly #node: HubNode
  #epochs = 0
  #hub: Hub | null = null

  constructor(options: WorldOptions = {}) {
    this.inner = openMemoryStore({ newEpoch: () => `e${++this.#epochs}` })
    this.held = new HeldStore(this.inner)
    const flusher = new Flusher(this.clock, new Pace(this.clock, 50), this.counts.deliveryLag)
    this.#node = {
      store: this.held.store,
      tailBounds: { entries: options.entries ?? 1000, bytes: 1_000_000, frameBytes: options.frameBytes ?? 1_000_000 },
      catchUpLane: new CatchUpLane((task) => this.clock.soon(task)),
      catchUp: { limit: options.limit ?? 1000, bytes: 1_000_000 },
      markForFlush: (hub) => flusher.mark(hub),
      after: (ms, task) => this.clock.after(ms, task),
      monotonic: () => this.clock.monotonic(),
      isLatest: options.isLatest ?? (() => false),
      recheckAccess: options.recheckAccess ?? (() => {}),
      recheckAccessOfAll: options.recheckAccessOfAll ?? (async () => {}),
      counts: this.counts,
      traces: null,
      demandChanged: (hub) => this.demands.push(hub.readers),
      report: (error, doing) => this.reports.push(`${doing}: ${(error as Error).message}`),
    }
  }

  get hub(): Hub {
    if (this.#hub === null) throw new Error('open the hub first')
    return this.#hub
  }

  /** Makes the hub from what the store has now. */
  async open(): Promise<Hub> {
    this.#hub = new Hub(this.#node, channel, await this.inner.channel(channel))
    return this.#hub
  }

  reader(cursor: number, outlet = new GateOutlet(), caller: Caller = anonymous): Reader {
    const ended: string[] = []
    const broken: unknown[] = []
    const feed = new Feed(this.hub, caller, outlet, cursor, {
      hasLatest: this.#node.isLatest('', ''),
      signals: false,
      presence: false,
      demand: false,
      counted: true,
      maxBytes: null,
      onEnded: (reason) => ended.push(reason),
      onBroken: (error) => broken.push(error),
    })
    this.hub.join(feed)
    return { feed, outlet, ended, broken }
  }

  /** As `reader`, begun. */
  begun(cursor: number, outlet = new GateOutlet(), caller: Caller = anonymous): Reader {
    const reader = this.reader(cursor, outlet, caller)
    reader.feed.begin()
    return reader
  }

  /** Commits to the store alone; returns the changes as a notification or a commit would carry them. */
  async commit(...ids: readonly string[]): Promise<readonly StoredRecord[]> {
    const changes: StoredRecord[] = []
    for (const id of ids) changes.push(await this.#commitOne(id))
    return changes
  }

  /** `a` puts the message `a`, `-a` deletes it, `members/ana` puts the membership of ana. */
  async #commitOne(text: string): Promise<StoredRecord> {
    const isDelete = text.startsWith('-')
    const [collection = '', recordId = ''] = text.includes('/') ? text.split('/') : ['messages', text.replace('-', '')]
    const found = await this.inner.lookup(channel, [{ collection, recordId }])
    const write: Write = {
      collection,
      recordId,
      effect: isDelete ? 'delete' : 'put',
      data: isDelete ? '' : JSON.stringify({ n: found.channel?.head ?? 0 }),
      author: 'ana',
      expectRev: found.records[0]?.rev ?? 0,
    }
    const unit = { channel, at: this.clock.now(), writes: [write], make: true, membersRev: null }
    const [outcome] = await this.inner.commit([unit])
    if (outcome?.kind !== 'committed') throw new Error(`not committed: ${JSON.stringify(outcome)}`)
    return outcome.results[0]?.record as StoredRecord
  }

  /** Commits, and gives the hub the changes as a commit of its own node does. */
  async publish(...ids: readonly string[]): Promise<void> {
    const changes = await this.commit(...ids)
    this.hub.applyChanges(await this.epoch(), changes)
  }

  /** As `publish`, and the turn ends: what was flushed has gone out. */
  async flushed(...ids: readonly string[]): Promise<void> {
    await this.publish(...ids)
    await this.clock.settle()
  }

  async epoch(): Promise<string> {
    return (await this.inner.channel(channel))?.epoch ?? ''
  }
}

/** A world whose log has these changes, and a hub that has just been opened on it. */
export async function worldWith(ids: readonly string[], options: WorldOptions = {}): Promise<HubWorld> {
  const world = new HubWorld(options)
  await world.commit(...ids)
  await world.open()
  return world
}
