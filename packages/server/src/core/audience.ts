/**
 * How many read a channel, on all nodes, and whether anybody does: so that nobody computes what no
 * one watches. What other nodes say is a second old at most, whether anybody reads there no older
 * than a bell. Who polls has no connection to be counted: all who do on a node are one reader.
 */
import type { Clock } from '../ports/clock.ts'
import { Frame } from '../ports/frame.ts'
import type { ElsewherePresence } from '../ports/presence.ts'
import type { Feed } from './feed.ts'
import type { Hub } from './hub.ts'
import type { Hubs } from './hubs.ts'
import type { LinkedRoom, PresenceLink } from './presence-link.ts'

/** Readers have no names here; no channel's name begins as their rooms' names do. */
const everyone = '*'
const roomOf = (channel: string) => `#${channel}`

/** A room that nobody asks about is followed for this long. */
const lingerMs = 5000

/** Whoever polled is one that reads for so long: several of the SDK's polls, also of a page that is throttled. */
const polledMs = 10_000

export class Audience {
  readonly #clock: Clock
  readonly #hubs: Pick<Hubs, 'get'>
  readonly #link: PresenceLink | null
  readonly #rooms = new Map<string, Readers>()
  /** Channels that are polled, and until when that counts, in monotonic ms. */
  readonly #polled = new Map<string, number>()

  constructor(parts: { readonly clock: Clock; readonly hubs: Pick<Hubs, 'get'>; readonly link: PresenceLink | null }) {
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

  readers(channel: string): number {
    return this.#own(channel) + (this.#rooms.get(channel)?.elsewhere ?? 0)
  }

  /** The first reader of this node came, or the last one left. */
  changed(hub: Hub): void {
    this.#turned(hub.channel, this.#polled.has(hub.channel))
  }

  /** Somebody polled a channel that is there, or that somebody follows. */
  polled(channel: string): void {
    const isNew = !this.#polled.has(channel)
    this.#polled.set(channel, this.#clock.monotonic() + polledMs)
    if (isNew) this.#turned(channel, this.#connected(channel) > 0)
  }

  /** One kind of this node's readers came or left; `isRead`: those of the other kind read on. */
  #turned(channel: string, isRead: boolean): void {
    if (!isRead && (this.#rooms.get(channel)?.elsewhere ?? 0) === 0) this.#tell(channel)
    if (this.#link === null) return
    const room = this.#open(channel, this.#link)
    room.told = this.#own(channel)
    this.#link.changed(room.name, everyone)
  }

  /** Once at the subscribe. */
  tellTo(hub: Hub, feed: Feed): void {
    feed.mention(this.#frame(hub.channel), () => this.#frame(hub.channel))
  }

  /** Numbers that changed are told. Called about once a second. */
  sweep(): void {
    const now = this.#clock.monotonic()
    for (const [channel, until] of this.#polled) {
      if (until > now) continue
      this.#polled.delete(channel)
      this.#turned(channel, this.#connected(channel) > 0)
    }
    for (const [channel, room] of [...this.#rooms]) {
      const own = this.#own(channel)
      if (own !== room.told) this.#link?.changed(room.name, everyone)
      room.told = own
      if (own > 0 || now - room.askedAt < lingerMs || this.#hubs.get(channel) !== null) continue
      this.#rooms.delete(channel)
      this.#link?.remove(room)
    }
  }

  #own(channel: string): number {
    return this.#connected(channel) + (this.#polled.has(channel) ? 1 : 0)
  }

  #connected(channel: string): number {
    return this.#hubs.get(channel)?.readers ?? 0
  }

  #open(channel: string, link: PresenceLink): Readers {
    let room = this.#rooms.get(channel)
    if (room === undefined) {
      room = new Readers(
        channel,
        () => this.#own(channel),
        () => this.#tell(channel),
      )
      room.askedAt = this.#clock.monotonic()
      this.#rooms.set(channel, room)
      link.add(room)
    }
    return room
  }

  #tell(channel: string): void {
    const now = (): Frame => this.#frame(channel)
    this.#hubs.get(channel)?.mention(now(), (feed) => feed.options.demand, now)
  }

  #frame(channel: string): Frame {
    return new Frame('demand', JSON.stringify({ op: 'demand', channel, readers: this.readers(channel) > 0 ? 1 : 0 }))
  }
}

/** The readers of one channel, as one user who has as many connections. */
class Readers implements LinkedRoom {
  readonly name: string
  version: string | null = null
  elsewhere = 0
  /** What other nodes were last told, or will be with the next message. */
  told = 0
  askedAt = 0
  readonly #own: () => number
  readonly #demandChanged: () => void

  constructor(channel: string, own: () => number, demandChanged: () => void) {
    this.name = roomOf(channel)
    this.#own = own
    this.#demandChanged = demandChanged
  }

  own(): { connections: number; since: number; state: null } {
    return { connections: this.#own(), since: 0, state: null }
  }

  ownUsers(): readonly string[] {
    return this.#own() > 0 ? [everyone] : []
  }

  learn({ connections }: ElsewherePresence): void {
    const before = this.elsewhere
    this.elsewhere = connections
    if (before > 0 !== connections > 0 && this.#own() === 0) this.#demandChanged()
  }

  learnAll(found: readonly ElsewherePresence[]): void {
    this.learn(found[0] ?? { user: everyone, connections: 0, since: 0, state: null })
  }

  /** A number is told when it changes. */
  tellAll(): void {}

  announce(): void {}
}
