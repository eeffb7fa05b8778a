/**
 * One channel on this node: the epoch and head of its log, the tail of its recent changes, and the feeds that read it.
 * Commits of this node and notifications of other nodes advance the head; what is missing is read from the store.
 *
 *   applyChanges()
 *     ├─ rev = head + 1 ──▶ tail, head ──▶ flush(): flushed = head ──▶ live feeds; feeds that are behind read on
 *     ├─ rev > head + 1 ──▶ reorder buffer, until the changes before it have come ──▶ as above
 *     └─ rev ≤ head ──────▶ dropped
 *   checkHead()
 *     ├─ still missing after 20 ms, or the head came alone ──▶ read the store ──▶ as above
 *     └─ another epoch ──────────────────────────────────────▶ read the store ──▶ reset
 *
 * The log as this hub knows it:
 *
 *   ┌────────┐   the store has a log      ┌──────────────┐ ──┐ reset: another epoch, a lower head,
 *   │ no log │ ─────────────────────────▶ │ log of epoch │   │ or tombstones purged above the head
 *   └────────┘ ◀───────────────────────── └──────────────┘ ◀─┘
 *                drop(): every feed ends
 */
import type { ResetReason } from 'dovetail-protocol'
import type { Frame } from '../../ports/frame.ts'
import type { ChangesRead, ChannelFacts, StoredRecord } from '../../ports/store.ts'
import { endedFrame, resetFrame } from '../../wire/frames.ts'
import { CatchUpReads } from './feeds/catch-up-reads.ts'
import type { CatchUp, Feed, FeedSource } from './feeds/feed.ts'
import { type FeedProgress, FeedSet } from './feeds/feed-set.ts'
import { Tail } from './feeds/tail.ts'
import type { Flushable } from './flush.ts'
import { GapRepair, whyReset } from './gap-repair.ts'
import type { FollowedChannel, HubNode } from './hub-node.ts'
import { GrowingRecords } from './pieces/growing-records.ts'
import { PieceRest } from './pieces/piece-rest.ts'
import { ReorderBuffer } from './reorder-buffer.ts'

export class Hub implements FeedSource, Flushable, FollowedChannel {
  readonly channel: string
  readonly #node: HubNode
  #epoch: string | null
  #head: number
  #flushed: number
  #tail: Tail
  readonly #feeds: FeedSet
  readonly #catchUpReads: CatchUpReads
  readonly #gapRepair: GapRepair
  readonly #reorderBuffer = new ReorderBuffer()
  readonly #growing = new GrowingRecords()
  readonly #pieceRest: PieceRest
  /** The revision of the last change of membership that this hub has seen. */
  #membersRev: number
  /** `null`: not known here, so that the namespace's policy decides. */
  #visibility: 'public' | 'private' | null

  constructor(node: HubNode, channel: string, facts: ChannelFacts | null) {
    this.#node = node
    this.channel = channel
    this.#epoch = facts?.epoch ?? null
    this.#head = facts?.head ?? 0
    this.#flushed = this.#head
    this.#membersRev = facts?.membersRev ?? 0
    this.#visibility = facts?.visibility ?? null
    this.#tail = new Tail(channel, this.#head, node.tailBounds)
    this.#feeds = new FeedSet(
      () => node.monotonic(),
      () => node.demandChanged(this),
    )
    this.#catchUpReads = new CatchUpReads(() => ({
      epoch: this.#epoch,
      flushed: this.#flushed,
      tail: this.#tail,
      lane: node.catchUpLane,
      readChanges: (after) => this.#readChanges(after),
      readStore: () => this.readStore(),
      checkHead: (epoch, head) => this.checkHead(epoch, head),
    }))
    this.#pieceRest = new PieceRest(node, () => node.markForFlush(this))
    this.#gapRepair = new GapRepair({
      after: (ms, task) => node.after(ms, task),
      lacks: ({ epoch, head }) => epoch !== this.#epoch || head > this.#head,
      isForeign: ({ epoch }) => epoch !== this.#epoch,
      readStore: () => this.#readMissing(),
      repairs: () => node.counts.repaired(),
      failed: (error) => node.report(error, `reading what ${channel} misses`),
    })
  }

  /** `null`: the channel has no log. */
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
  get visibility(): 'public' | 'private' | null {
    return this.#visibility
  }
  get feeds(): ReadonlySet<Feed> {
    return this.#feeds.all
  }
  get readers(): number {
    return this.#feeds.readers
  }
  get progress(): FeedProgress {
    return this.#feeds.progress
  }
  /** Since when nobody reads here, in monotonic ms; `null` while somebody does. */
  get idleSince(): number | null {
    return this.#feeds.idleSince
  }

  /** Adds a feed, behind, at its cursor; its frames follow once `begin` is called. */
  join(feed: Feed): void {
    this.#feeds.add(feed)
  }
  leave(feed: Feed): void {
    this.#feeds.delete(feed)
  }
  joinLive(feed: Feed): void {
    this.#feeds.addLive(feed)
  }
  leaveLive(feed: Feed): void {
    this.#feeds.deleteLive(feed)
  }

  /** Starts the idle time anew: somebody is about to read. */
  touch(): void {
    this.#feeds.touch()
  }

  /**
   * Takes over changes that were committed here or on another node, in revision order. Repeated changes are dropped; a
   * missing one is repaired. A log that is new here is read from the store, since its changes do not say who may read it.
   */
  applyChanges(epoch: string, changes: readonly StoredRecord[]): void {
    if (epoch === this.#epoch) for (const change of changes) this.#apply(change)
    this.checkHead(epoch, changes.at(-1)?.rev ?? 0)
  }

  #apply(change: StoredRecord): void {
    if (change.rev > this.#head + 1) this.#reorderBuffer.add(change)
    else if (change.rev === this.#head + 1) this.#push(change)
    this.#applyWaiting()
  }

  /** Applies the changes that waited for the head to come this far. */
  #applyWaiting(): void {
    let next = this.#reorderBuffer.next(this.#head)
    for (; next !== undefined; next = this.#reorderBuffer.next(this.#head)) this.#push(next)
  }

  /** A notification, a commit or a read reports a head. Changes that do not arrive in time, or at once if it came alone, are read. */
  checkHead(epoch: string, head: number, changes: 'follow' | 'alone' = 'follow'): void {
    this.#gapRepair.report({ epoch, head }, changes)
  }

  /** Reads the store and takes over what it has now. */
  readStore(): Promise<void> {
    return this.#gapRepair.readStore()
  }

  #push(change: StoredRecord): void {
    const record = this.#growing.wholeOf(change)
    if (record === null) this.checkHead(this.#epoch ?? '', change.rev, 'alone')
    else if (record.collection === 'members') this.#pushMember(record)
    else {
      this.#extend(record)
      if (record.growth === undefined) this.#node.markForFlush(this)
      else this.#pieceRest.wait()
    }
  }

  /** A member who is removed still sees what was committed before, and nothing after. */
  #pushMember(record: StoredRecord): void {
    this.flush()
    this.#extend(record)
    this.#membersRev = record.rev
    this.flush()
    this.#node.recheckAccess(this, record)
  }

  #extend(record: StoredRecord): void {
    const trace = this.#node.traces?.reached(this.channel, record.rev)
    this.#tail.push(record, this.#flushed, this.#node.isLatest(this.channel, record.collection), trace)
    this.#head = record.rev
  }

  flush(): boolean {
    if (this.#flushed === this.#head) return false
    this.#pieceRest.sent()
    const { hasLive } = this.#feeds
    const from = this.#flushed
    this.#flushed = this.#head
    if (hasLive) this.#feeds.sendLive(this.#tail.liveRanges(from, this.#head, this.#epoch))
    this.#node.traces?.sent(this.channel, this.#head, this.#feeds.live)
    this.#feeds.pumpBehind()
    return hasLive
  }

  readOn(cursor: number): CatchUp | Promise<CatchUp> {
    if (!this.#tail.covers(cursor)) return this.#catchUpReads.from(cursor)
    return { kind: 'ranges', ranges: this.#tail.ranges(cursor, this.#flushed, this.#epoch), floor: 0, foldedTo: 0 }
  }

  /** Reads what the store has above the head, or finds that the log is another one. */
  async #readMissing(): Promise<void> {
    for (;;) {
      const tail = this.#tail
      const after = this.#head
      const read = await this.#readChanges(after)
      if (this.#tail !== tail) continue
      if (read === null) {
        if (this.#epoch !== null) this.drop()
        return
      }
      const { channel: facts } = read
      const reason = whyReset(facts, { epoch: this.#epoch, head: this.#head }, after)
      // Folding may have removed changes of membership from this read, so that access is checked before anything is sent.
      if (reason !== null || (read.more && facts.membersRev > this.#membersRev))
        await this.#node.recheckAccessOfAll(this)
      if (this.#tail !== tail) continue
      if (reason !== null) this.#follow(facts, reason)
      if (this.#tail !== tail) return
      this.#take(read)
      if (!read.more) return
    }
  }

  #readChanges(after: number): Promise<ChangesRead | null> {
    return this.#node.store.changes({ channel: this.channel, after, ...this.#node.catchUp })
  }

  #take(read: ChangesRead): void {
    for (const record of read.changes) if (record.rev > this.#head) this.#push(record)
    if (read.to > this.#head) {
      this.#head = read.to
      this.#node.markForFlush(this)
    }
    this.#applyWaiting()
  }

  /** Takes the store's log over and resets the feeds. Where there was no log before, readers hold nothing and simply go on. */
  #follow(facts: ChannelFacts, reason: ResetReason): void {
    const wasNone = this.#epoch === null
    this.#epoch = facts.epoch
    this.#visibility = facts.visibility
    if (wasNone) return
    this.#membersRev = facts.membersRev
    this.#startAt(facts.head)
    for (const feed of this.#feeds.all) this.#reset(feed, reason)
    this.#feeds.pumpBehind()
  }

  #startAt(head: number): void {
    this.#head = head
    this.#flushed = head
    this.#tail = new Tail(this.channel, head, this.#node.tailBounds)
    this.#catchUpReads.clear()
    this.#node.traces?.forget(this.channel)
    this.#reorderBuffer.clear()
    this.#growing.clear()
    this.#pieceRest.stop()
  }

  expire(feed: Feed): void {
    this.#reset(feed, 'expired')
  }

  #reset(feed: Feed, reason: ResetReason): void {
    this.#node.counts.reset(this.channel, reason, feed.caller.user)
    feed.restart(resetFrame({ channel: this.channel, reason, epoch: this.#epoch, head: this.#flushed }), this.#flushed)
  }

  /** The channel was deleted: every feed ends. */
  drop(): void {
    this.flush()
    const frame = endedFrame({ channel: this.channel, reason: 'deleted' })
    for (const feed of this.#feeds.all) feed.end(frame, 'deleted')
    this.#epoch = null
    this.#visibility = null
    this.#membersRev = 0
    this.#startAt(0)
  }

  /** Sends a frame that moves no cursor to the feeds that asked for its kind; `resend` as with `Feed.sendTransient`. */
  sendTransient(frame: Frame, to: (feed: Feed) => boolean, resend?: (feed: Feed) => void): void {
    this.#feeds.sendTransient(frame, to, resend)
  }

  stop(): void {
    this.#pieceRest.stop()
    this.#gapRepair.stop()
  }
}
