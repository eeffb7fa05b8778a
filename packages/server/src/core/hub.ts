/**
 * One channel on this node: where its log stands (epoch and head), the tail of recent changes, and
 * the feeds that read it. Commits of this node and bells of others advance it; the store heals it.
 */
import type { ResetReason } from '@dovetail/protocol'
import type { Stop } from '../ports/clock.ts'
import type { Frame } from '../ports/frame.ts'
import type { ChangesRead, ChannelFacts, Store, StoredRecord } from '../ports/store.ts'
import { encodeChange } from '../ports/stored-record.ts'
import { Ahead } from './ahead.ts'
import type { CatchUp, Feed, FeedSource } from './feed.ts'
import type { Flushable } from './flush.ts'
import { Healing } from './healing.ts'
import { endedFrame, resetFrame } from './notices.ts'
import { makeRanges, Tail, type TailBounds } from './tail.ts'

/** What a hub needs of its node. */
export interface HubNode {
  readonly store: Store
  readonly tailBounds: TailBounds
  readonly catchUp: { readonly limit: number; readonly bytes: number }
  markForFlush(hub: Flushable): void
  /** Runs once after `ms`. */
  after(ms: number, task: () => void): Stop
  monotonic(): number
  /** The feeds that a change of membership may have cut: called between two flushes, in log order. */
  rejudge(hub: Hub, record: StoredRecord): void
  /** Asks for every feed anew whether its caller may read, by what the store says: the log is another one, or jumped. */
  rejudgeAll(hub: Hub): Promise<void>
  /** The number of readers went from none to some, or back. */
  demandChanged(hub: Hub): void
  report(error: unknown, doing: string): void
}

export class Hub implements FeedSource, Flushable {
  readonly channel: string
  readonly #node: HubNode
  #epoch: string | null
  #head: number
  #flushed: number
  #tail: Tail
  readonly #feeds = new Set<Feed>()
  readonly #live = new Set<Feed>()
  readonly #reads = new Map<number, Promise<CatchUp>>()
  #readers = 0
  readonly #healing: Healing
  readonly #ahead = new Ahead(
    () => this.#head,
    (record) => this.#push(record),
  )
  /** The revision of the last change of membership that this hub has seen. */
  #membersRev: number
  #visibility: 'public' | 'private' | null
  /** Since when nobody reads here, in monotonic ms; `null` while somebody does. */
  idleSince: number | null

  constructor(node: HubNode, channel: string, facts: ChannelFacts | null) {
    this.#node = node
    this.channel = channel
    this.#epoch = facts?.epoch ?? null
    this.#head = facts?.head ?? 0
    this.#flushed = this.#head
    this.#membersRev = facts?.membersRev ?? 0
    this.#visibility = facts?.visibility ?? null
    this.#tail = new Tail(channel, this.#head, node.tailBounds)
    this.idleSince = node.monotonic()
    this.#healing = new Healing({
      after: (ms, task) => node.after(ms, task),
      lacks: ({ epoch, head }) => epoch !== this.#epoch || head > this.#head,
      isForeign: ({ epoch }) => epoch !== this.#epoch,
      look: () => this.#readMissing(),
      failed: (error) => node.report(error, `healing ${channel}`),
    })
  }

  get epoch(): string | null {
    return this.#epoch
  }
  /** The newest revision known here. */
  get head(): number {
    return this.#head
  }
  /** The revision that live feeds have been sent. */
  get flushed(): number {
    return this.#flushed
  }
  get membersRev(): number {
    return this.#membersRev
  }
  /** `null` where it is not known here: then the namespace's policy tells. */
  get visibility(): 'public' | 'private' | null {
    return this.#visibility
  }
  get feeds(): ReadonlySet<Feed> {
    return this.#feeds
  }
  get readers(): number {
    return this.#readers
  }

  /** Adds a feed, behind, at its cursor; its frames follow once `begin` is called. */
  join(feed: Feed): void {
    this.#feeds.add(feed)
    this.idleSince = null
    if (feed.options.counted && ++this.#readers === 1) this.#node.demandChanged(this)
  }

  leave(feed: Feed): void {
    if (!this.#feeds.delete(feed)) return
    this.#live.delete(feed)
    if (this.#feeds.size === 0) this.idleSince = this.#node.monotonic()
    if (feed.options.counted && --this.#readers === 0) this.#node.demandChanged(this)
  }

  joinLive(feed: Feed): void {
    this.#live.add(feed)
  }

  leaveLive(feed: Feed): void {
    this.#live.delete(feed)
  }

  /** Somebody is about to read here: the hub is kept as if it had just been read. */
  touch(): void {
    if (this.idleSince !== null) this.idleSince = this.#node.monotonic()
  }

  /**
   * Changes that were committed, in revision order. Repeated ones are dropped; a hole is healed. A
   * log that is new here is read, since its changes do not say who may read it.
   */
  advance(epoch: string, records: readonly StoredRecord[]): void {
    if (epoch === this.#epoch) for (const record of records) this.#ahead.accept(record)
    this.suspect(epoch, records.at(-1)?.rev ?? 0)
  }

  /** Somebody says that the log has reached this far: what is missing comes by a bell, or is read. */
  suspect(epoch: string, head: number): void {
    this.#healing.tell({ epoch, head })
  }

  /** Takes over what the store has now. */
  look(): Promise<void> {
    return this.#healing.look()
  }

  #push(record: StoredRecord): void {
    if (record.collection === 'members') {
      // What was committed before is still theirs to see; what comes after is not.
      this.flush()
      this.#tail.push(record, this.#flushed)
      this.#head = record.rev
      this.#membersRev = record.rev
      this.flush()
      this.#node.rejudge(this, record)
      return
    }
    this.#tail.push(record, this.#flushed)
    this.#head = record.rev
    this.#node.markForFlush(this)
  }

  flush(): void {
    if (this.#flushed === this.#head) return
    const from = this.#flushed
    this.#flushed = this.#head
    if (this.#feeds.size === 0) return
    if (this.#live.size > 0) {
      const ranges = this.#tail.ranges(from, this.#head, this.#epoch)
      for (const feed of this.#live) feed.take(ranges)
    }
    if (this.#live.size < this.#feeds.size) this.#pumpBehind()
  }

  #pumpBehind(): void {
    for (const feed of this.#feeds) if (!feed.isLive) feed.pump()
  }

  readOn(cursor: number): CatchUp | Promise<CatchUp> {
    if (this.#tail.covers(cursor)) {
      return { kind: 'ranges', ranges: this.#tail.ranges(cursor, this.#flushed, this.#epoch) }
    }
    let read = this.#reads.get(cursor)
    if (read === undefined) {
      // Readers that stand at one cursor share one read and its frames.
      read = this.#readStore(cursor).finally(() => this.#reads.delete(cursor))
      this.#reads.set(cursor, read)
    }
    return read
  }

  async #readStore(cursor: number): Promise<CatchUp> {
    const tail = this.#tail
    const read = await this.#node.store.changes({ channel: this.channel, after: cursor, ...this.#node.catchUp })
    if (this.#tail !== tail) return { kind: 'replaced' }
    if (read === null || read.channel.epoch !== this.#epoch) {
      await this.look()
      return { kind: 'replaced' }
    }
    if (cursor < read.channel.floor && cursor !== 0) return { kind: 'expired' }
    this.suspect(read.channel.epoch, read.channel.head)
    // The store may be ahead of this hub; a reader must not be, or a kick would come too late for it.
    const to = Math.min(read.to, this.#flushed)
    const known = read.changes.filter((record) => record.rev <= to)
    const changes = known.map((record) => ({ rev: record.rev, text: encodeChange(record) }))
    return {
      kind: 'ranges',
      ranges: makeRanges(this.channel, cursor, to, this.#epoch, changes, this.#node.tailBounds.frameBytes),
    }
  }

  /** Looks at the store: the log may be ahead, or another one. */
  async #readMissing(): Promise<void> {
    for (;;) {
      const tail = this.#tail
      const after = this.#head
      const read = await this.#node.store.changes({ channel: this.channel, after, ...this.#node.catchUp })
      if (this.#tail !== tail) continue
      if (read === null) {
        if (this.#epoch !== null) this.drop()
        return
      }
      const { channel: facts } = read
      const reason = this.#whyReset(facts, after)
      // Members who came and went may have been folded away: the cut can't wait for its place in the log.
      if (reason !== null || (read.more && facts.membersRev > this.#membersRev)) await this.#node.rejudgeAll(this)
      if (this.#tail !== tail) continue
      if (reason !== null) this.#follow(facts, reason)
      if (this.#tail !== tail) return
      this.#take(read)
      if (!read.more) return
    }
  }

  /** Why what is here can't be continued with what the store has; `null`: it can. */
  #whyReset(facts: ChannelFacts, headWhenAsked: number): ResetReason | null {
    // The head here may have gone on while the store answered.
    if (facts.epoch !== this.#epoch || facts.head < headWhenAsked) return 'epoch'
    // Tombstones that were purged before they were heard of would never be told.
    return this.#head !== 0 && this.#head < facts.floor ? 'expired' : null
  }

  #take(read: ChangesRead): void {
    for (const record of read.changes) if (record.rev > this.#head) this.#push(record)
    if (read.to > this.#head) {
      this.#head = read.to
      this.#node.markForFlush(this)
    }
    this.#ahead.moveOn()
  }

  /** What the readers hold is void. Where there was no log, they hold nothing and go on. */
  #follow(facts: ChannelFacts, reason: ResetReason): void {
    const wasNone = this.#epoch === null
    this.#epoch = facts.epoch
    this.#visibility = facts.visibility
    if (wasNone) return
    this.#membersRev = facts.membersRev
    this.#startAt(facts.head)
    for (const feed of this.#feeds) this.#reset(feed, reason)
    this.#pumpBehind()
  }

  #startAt(head: number): void {
    this.#head = head
    this.#flushed = head
    this.#tail = new Tail(this.channel, head, this.#node.tailBounds)
    this.#reads.clear()
    this.#ahead.clear()
  }

  expire(feed: Feed): void {
    this.#reset(feed, 'expired')
  }

  #reset(feed: Feed, reason: ResetReason): void {
    feed.restart(resetFrame(this.channel, reason, this.#epoch, this.#flushed), this.#flushed)
  }

  /** The channel was deleted: its readers are told and leave. */
  drop(): void {
    this.flush()
    const frame = endedFrame(this.channel, 'deleted')
    for (const feed of this.#feeds) feed.end(frame, 'deleted')
    this.#epoch = null
    this.#visibility = null
    this.#membersRev = 0
    this.#startAt(0)
  }

  /** Sends what does not move cursors to the feeds that asked for it; `instead` as with `Feed.mention`. */
  mention(frame: Frame, to: (feed: Feed) => boolean, instead?: (feed: Feed) => Frame): void {
    for (const feed of this.#feeds) if (to(feed)) feed.mention(frame, instead)
  }

  stop(): void {
    this.#healing.stop()
  }
}
