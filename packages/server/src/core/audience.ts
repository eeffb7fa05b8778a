/**
 * How many read a channel, on all nodes, and whether anybody does: so that nobody computes what no
 * one watches. What other nodes say is a second old at most, whether anybody reads there no older
 * than a bell. Who polls has no connection to be counted, but what is polled is watched.
 */
import type { Clock } from '../ports/clock.ts'
import { Frame } from '../ports/frame.ts'
import type { ElsewherePresence } from '../ports/presence.ts'
import type { Feed } from './feed.ts'
import type { Hub } from './hub.ts'
import type { Hubs } from './hubs.ts'
import type { LinkedRoom, PresenceLink } from './presence-link.ts'

/** Readers have no names here; no channel's name begins as their rooms' names do. */
const [connected, polling] = ['*', '?'] as const
type Kind = typeof connected | typeof polling

const roomOf = (channel: string) => `#${channel}`

/** A room that nobody asks about is followed for this long. */
const lingerMs = 5000

/** What was polled is watched for so long: several of the SDK's polls, also of a page that is throttled. */
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

  /** Connections that read on. */
  readers(channel: string): number {
    return this.#connected(channel) + (this.#rooms.get(channel)?.elsewhere ?? 0)
  }

  /** The first reader of this node came, or the last one left. */
  changed(hub: Hub): void {
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
    if (!isRead && this.#rooms.get(channel)?.isReadElsewhere !== true) this.#tell(channel)
    if (this.#link === null) return
    const room = this.#open(channel, this.#link)
    room.told = this.#connected(channel)
    this.#link.changed(room.name, kind)
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
      this.#turned(channel, polling, this.#connected(channel) > 0)
    }
    for (const [channel, room] of [...this.#rooms]) {
      const own = this.#connected(channel)
      if (own !== room.told) this.#link?.changed(room.name, connected)
      room.told = own
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

  #open(channel: string, link: PresenceLink): Readers {
    let room = this.#rooms.get(channel)
    if (room === undefined) {
      room = new Readers(
        channel,
        (kind) => (kind === connected ? this.#connected(channel) : Number(this.#polled.has(channel))),
        () => {
          if (!this.#isReadHere(channel)) this.#tell(channel)
        },
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
    const isRead = this.#isReadHere(channel) || this.#rooms.get(channel)?.isReadElsewhere === true
    return new Frame('demand', JSON.stringify({ op: 'demand', channel, readers: Number(isRead) }))
  }
}

/** The readers of one channel, as two users: one who has as many connections as are read by, and one who polls. */
class Readers implements LinkedRoom {
  readonly name: string
  version: string | null = null
  /** Connections of other nodes. */
  elsewhere = 0
  #isPolledElsewhere = false
  /** What other nodes were last told, or will be with the next message. */
  told = 0
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

  own(user: string): { connections: number; since: number; state: null } {
    return { connections: this.#own(user === polling ? polling : connected), since: 0, state: null }
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

  /** A number is told when it changes. */
  tellAll(): void {}

  announce(): void {}
}

function nobody(kind: Kind): ElsewherePresence {
  return { user: kind, connections: 0, since: 0, state: null }
}
