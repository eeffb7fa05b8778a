import type { Store, StoredRecord, Write } from '../ports/store.ts'
import { openMemoryStore } from '../stores/memory.ts'
import { anonymous, type Caller } from './caller.ts'
import { Feed } from './feed.ts'
import { Flusher } from './flush.ts'
import { GateOutlet } from './gate-outlet.fixture.ts'
import { HandClock } from './hand-clock.fixture.ts'
import { HeldStore } from './held-store.fixture.ts'
import { Hub, type HubNode } from './hub.ts'

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
  readonly rejudge?: HubNode['rejudge']
  readonly rejudgeAll?: HubNode['rejudgeAll']
}

/** One hub on a memory store, with time, answers and room in the test's hands. */
export class HubWorld {
  readonly clock = new HandClock()
  readonly inner: Store
  readonly held: HeldStore
  readonly reports: string[] = []
  readonly demands: number[] = []
  readonly #node: HubNode
  #epochs = 0
  #hub: Hub | null = null

  constructor(options: WorldOptions = {}) {
    this.inner = openMemoryStore({ newEpoch: () => `e${++this.#epochs}` })
    this.held = new HeldStore(this.inner)
    const flusher = new Flusher(this.clock)
    this.#node = {
      store: this.held.store,
      tailBounds: { entries: options.entries ?? 1000, bytes: 1_000_000, frameBytes: options.frameBytes ?? 1_000_000 },
      catchUp: { limit: options.limit ?? 1000, bytes: 1_000_000 },
      markForFlush: (hub) => flusher.mark(hub),
      after: (ms, task) => this.clock.after(ms, task),
      monotonic: () => this.clock.monotonic(),
      rejudge: options.rejudge ?? (() => {}),
      rejudgeAll: options.rejudgeAll ?? (async () => {}),
      demandChanged: (hub) => this.demands.push(hub.readers),
      report: (error, doing) => this.reports.push(`${doing}: ${(error as Error).message}`),
    }
  }

  get hub(): Hub {
    if (this.#hub === null) throw new Error('open the hub first')
    return this.#hub
  }

  /** The hub, as the store stands now. */
  async open(): Promise<Hub> {
    this.#hub = new Hub(this.#node, channel, await this.inner.channel(channel))
    return this.#hub
  }

  reader(cursor: number, outlet = new GateOutlet(), caller: Caller = anonymous): Reader {
    const ended: string[] = []
    const broken: unknown[] = []
    const feed = new Feed(this.hub, caller, outlet, cursor, {
      signals: false,
      presence: false,
      demand: false,
      counted: true,
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

  /** Commits to the store alone; returns the changes as a bell or a commit would carry them. */
  async commit(...ids: readonly string[]): Promise<readonly StoredRecord[]> {
    const changes: StoredRecord[] = []
    for (const id of ids) changes.push(await this.#commitOne(id))
    return changes
  }

  /** `a` puts the message `a`, `-a` deletes it, `members/ana` puts the membership of ana. */
  async #commitOne(text: string): Promise<StoredRecord> {
    const isDelete = text.startsWith('-')
    const [collection = '', recordId = ''] = text.includes('/') ? text.split('/') : ['messages', text.replace('-', '')]
    const look = await this.inner.look(channel, [{ collection, recordId }])
    const write: Write = {
      collection,
      recordId,
      effect: isDelete ? 'delete' : 'put',
      data: isDelete ? '' : JSON.stringify({ n: look.channel?.head ?? 0 }),
      author: 'ana',
      expectRev: look.records[0]?.rev ?? 0,
    }
    const unit = { channel, at: this.clock.now(), writes: [write], make: true, membersRev: null }
    const [outcome] = await this.inner.commit([unit])
    if (outcome?.kind !== 'committed') throw new Error(`not committed: ${JSON.stringify(outcome)}`)
    return outcome.results[0]?.record as StoredRecord
  }

  /** Commits, and the hub hears of it as of a commit of its own node. */
  async publish(...ids: readonly string[]): Promise<void> {
    const changes = await this.commit(...ids)
    this.hub.advance(await this.epoch(), changes)
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
