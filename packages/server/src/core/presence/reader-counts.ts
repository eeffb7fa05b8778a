/**
 * Counts the readers of a channel on all nodes and sends feeders whether anybody reads it, so that nobody computes what
 * nobody watches. The count of other nodes is at most a second old; that somebody began or ceased to read there arrives
 * with a notification. A client that polls has no connection to count, but its channel is in demand for a while.
 */
import type { Clock } from '../../ports/clock.ts'
import type { Frame } from '../../ports/frame.ts'
import type { ElsewherePresence, OwnPresence } from '../../ports/presence.ts'
import { demandFrame } from '../../wire/frames.ts'
import type { Feed } from '../log/feeds/feed.ts'
import type { FollowedChannel } from '../log/hub-node.ts'
import type { Hubs } from '../log/hubs.ts'
import type { LinkedRoom } from './linked-room.ts'
import type { PresenceSync } from './presence-sync.ts'

/** Readers have no names here; no channel's name begins as their rooms' names do. */
const [connected, polling] = ['*', '?'] as const
type Kind = typeof connected | typeof polling

const roomOf = (channel: string) => `#${channel}`

/** A room that nobody asks about is followed for this long. */
const lingerMs = 5000

/** How long a poll keeps a channel in demand: several of the SDK's polls, also those of a throttled page. */
const polledMs = 10_000

export class ReaderCounts {
  readonly #clock: Clock
  readonly #hubs: Pick<Hubs, 'get'>
  readonly #link: PresenceSync | null
  readonly #rooms = new Map<string, Readers>()
  /** Channels that are polled, and until when that counts, in monotonic ms. */
  readonly #polled = new Map<string, number>()

  constructor(parts: { readonly clock: Clock; readonly hubs: Pick<Hubs, 'get'>; readonly link: PresenceSync | null }) {
    this.#clock = parts.clock
    this.#hubs = parts.hubs
    this.#link = parts.link
  }

  /** Resolves when it is known how many read on other nodes, or when they can't be asked. */
  async ready(channel: string): Promise<void> {
    if (this.#link === null) return
    const room = this.#open(channel, this.#link)
    room.askedAt = this.#clock.monotonic()
    await this.#link.load(room)
  }

  /** Connections on all nodes that read the channel. */
  readers(channel: string): number {
    return this.#connected(channel) + (this.#rooms.get(channel)?.elsewhere ?? 0)
  }

  /** The first reader of this node came, or the last one left. */
  changed(hub: Pick<FollowedChannel, 'channel'>): void {
    this.#turned(hub.channel, connected, this.#polled.has(hub.channel))
  }

  /** Somebody polled a channel that is there, or that somebody follows. */
  polled(channel: string): void {
    const isNew = !this.#polled.has(channel)
    this.#polled.set(channel, this.#clock.monotonic() + polledMs)
    if (isNew) this.#turned(channel, polling, this.#connected(channel) > 0)
  }

  /** One kind of this node's readers came or left; `isRead`: those of the other kind read on. */
  #turned(channel: string, kind: Kind, isRead: boolean): void {
    if (!isRead && this.#rooms.get(channel)?.isReadElsewhere !== true) this.#sendDemand(channel)
    if (this.#link === null) return
    const room = this.#open(channel, this.#link)
    room.published = this.#connected(channel)
    this.#link.changed(room.name, kind)
  }

  /** Sends a feeder the demand once, at its subscribe. */
  tellTo(hub: Pick<FollowedChannel, 'channel'>, feed: Feed): void {
    this.#sendTo(hub.channel, feed)
  }

  #sendTo(channel: string, feed: Feed): void {
    feed.sendTransient(this.#frame(channel), (each) => this.#sendTo(channel, each))
  }

  /** Publishes counts that changed, and forgets polls that are over. Called about once a second. */
  sweep(): void {
    const now = this.#clock.monotonic()
    for (const [channel, until] of this.#polled) {
      if (until > now) continue
      this.#polled.delete(channel)
      this.#turned(channel, polling, this.#connected(channel) > 0)
    }
    for (const [channel, room] of [...this.#rooms]) {
      const own = this.#connected(channel)
      if (own !== room.published) this.#link?.changed(room.name, connected)
      room.published = own
      const isKept = this.#isReadHere(channel) || this.#hubs.get(channel) !== null
      if (isKept || now - room.askedAt < lingerMs) continue
      this.#rooms.delete(channel)
      this.#link?.remove(room)
    }
  }

  #isReadHere(channel: string): boolean {
    return this.#polled.has(channel) || this.#connected(channel) > 0
  }

  #connected(channel: string): number {
    return this.#hubs.get(channel)?.readers ?? 0
  }

  #open(channel: string, link: PresenceSync): Readers {
    let room = this.#rooms.get(channel)
    if (room === undefined) {
      room = new Readers(
        channel,
        (kind) => (kind === connected ? this.#connected(channel) : Number(this.#polled.has(channel))),
        () => {
          if (!this.#isReadHere(channel)) this.#sendDemand(channel)
        },
      )
      room.askedAt = this.#clock.monotonic()
      this.#rooms.set(channel, room)
      link.add(room)
    }
    return room
  }

  #sendDemand(channel: string): void {
    this.#hubs.get(channel)?.sendTransient(
      this.#frame(channel),
      (feed) => feed.options.demand,
      (feed) => this.#sendTo(channel, feed),
    )
  }

  #frame(channel: string): Frame {
    const isRead = this.#isReadHere(channel) || this.#rooms.get(channel)?.isReadElsewhere === true
    return demandFrame({ channel, readers: isRead ? 1 : 0 })
  }
}

/** The readers of one channel, as two users: one who has as many connections as are read by, and one who polls. */
class Readers implements LinkedRoom {
  readonly name: string
  version: string | null = null
  /** Connections of other nodes. */
  elsewhere = 0
  #isPolledElsewhere = false
  /** The count that was last published, or is about to be. */
  published = 0
  askedAt = 0
  readonly #own: (kind: Kind) => number
  readonly #turnedElsewhere: () => void

  constructor(channel: string, own: (kind: Kind) => number, turnedElsewhere: () => void) {
    this.name = roomOf(channel)
    this.#own = own
    this.#turnedElsewhere = turnedElsewhere
  }

  get isReadElsewhere(): boolean {
    return this.elsewhere > 0 || this.#isPolledElsewhere
  }

  own(user: string): Pick<OwnPresence, 'connections' | 'since' | 'state' | 'stateAt'> {
    return { connections: this.#own(user === polling ? polling : connected), since: 0, state: null, stateAt: 0 }
  }

  ownUsers(): readonly string[] {
    return [connected, polling].filter((kind) => this.#own(kind) > 0)
  }

  learn(found: ElsewherePresence): void {
    this.#take([found])
  }

  learnAll(found: readonly ElsewherePresence[]): void {
    this.#take([nobody(connected), nobody(polling), ...found])
  }

  #take(found: readonly ElsewherePresence[]): void {
    const wasRead = this.isReadElsewhere
    for (const { user, connections } of found) {
      if (user === polling) this.#isPolledElsewhere = connections > 0
      else this.elsewhere = connections
    }
    if (this.isReadElsewhere !== wasRead) this.#turnedElsewhere()
  }

  /** A number is sent when it changes. */
  sendAllNext(): void {}

  announce(): void {}
}

function nobody(kind: Kind): ElsewherePresence {
  return { user: kind, connections: 0, since: 0, state: null, stateAt: 0 }
}
