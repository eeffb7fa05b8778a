/**
 * Who is in a channel now: users, once each, however many connections they have and on however many
 * nodes. A connection's presence is held while it lives; a reader without a connection of its own (a
 * stream's client, a long-poll) holds a lease and renews it. Joins and leaves that cancel out within
 * one flush are not sent.
 */
import type { Clock } from '../../ports/clock.ts'
import type { Frame } from '../../ports/frame.ts'
import { encodePresent, presenceListFrame } from '../../wire/frames.ts'
import { encodeJson, encodeList, type JsonText } from '../../wire/json-text.ts'
import type { Feed } from '../log/feeds/feed.ts'
import type { Flusher } from '../log/flush.ts'
import type { Hubs } from '../log/hubs.ts'
import type { ListPart } from './presence-list.ts'
import { PresenceRoom } from './presence-room.ts'
import type { PresenceSync } from './presence-sync.ts'
import type { Present } from './present.ts'

export interface PresentReply {
  readonly users: readonly {
    readonly user: string
    readonly since: number
    readonly connections: number
    readonly state: JsonText | null
  }[]
  readonly next: string | null
}

/**
 * The most bytes of users in one frame, unless one user alone takes more, or in the reply to a subscribe. It fits the
 * smallest frame that a client may ask for, and leaves room in it for a snapshot.
 */
export const presencePartBytes = 16_384

export interface PresencesOptions {
  readonly clock: Clock
  readonly flusher: Flusher
  readonly hubs: Pick<Hubs, 'get'>
  /** Joins this node with others; `null`: there are none. */
  readonly link: PresenceSync | null
  /** The most bytes of users in one frame, unless one user alone takes more. */
  readonly partBytes: number
  /** The most bytes of users on one page of the list. */
  readonly pageBytes: number
}

/** A room that nobody asks about is followed for this long. */
const lingerMs = 5000

export class Presences {
  readonly #clock: Clock
  readonly #flusher: Flusher
  readonly #hubs: Pick<Hubs, 'get'>
  readonly #rooms = new Map<string, PresenceRoom>()
  readonly #partBytes: number
  readonly #pageBytes: number
  readonly #link: PresenceSync | null

  constructor({ clock, flusher, hubs, link, partBytes, pageBytes }: PresencesOptions) {
    this.#clock = clock
    this.#flusher = flusher
    this.#hubs = hubs
    this.#link = link
    this.#partBytes = partBytes
    this.#pageBytes = pageBytes
  }

  /** Resolves when it is known who is in the channel on other nodes, or when they can't be asked. */
  async ready(channel: string): Promise<void> {
    if (this.#link === null) return
    const room = this.#open(channel)
    room.askedAt = this.#clock.monotonic()
    await this.#link.load(room)
  }

  /** `leaseMs`: how long without a renewal; `null`: until `leave`. `by`: the stream that has the lease from now on. */
  hold(channel: string, user: string, holder: string, leaseMs: number | null, by: object | null = null): void {
    const room = this.#open(channel)
    const present = room.find(user) ?? room.enter(user, this.#clock.now())
    const before = present.holders.get(holder)
    const until = leaseMs === null ? null : this.#clock.monotonic() + leaseMs
    if (before === undefined) {
      present.holders.set(holder, { until, by, state: null, stateAt: 0 })
      this.#changed(room, user)
    } else {
      before.until = until
      before.by = by ?? before.by
    }
  }

  /** A stream ended: its hold ends too, unless another stream of the same client has taken it over. */
  streamEnded(channel: string, user: string, holder: string, stream: object): void {
    const hold = this.#rooms.get(channel)?.find(user)?.holders.get(holder)
    if (hold?.by === stream) this.leave(channel, user, holder)
  }

  /** Ends one hold and its state. False: this holder did not make the user present. */
  leave(channel: string, user: string, holder: string): boolean {
    const room = this.#rooms.get(channel)
    const present = room?.find(user)
    if (room === undefined || present == null || !present.holders.delete(holder)) return false
    room.settle(present)
    this.#changed(room, user)
    return true
  }

  /** The user may not be present here: whatever holds the user's presence on this node ends. */
  expel(channel: string, user: string): void {
    const room = this.#rooms.get(channel)
    const present = room?.find(user)
    if (room === undefined || present == null || present.holders.size === 0) return
    present.holders.clear()
    room.settle(present)
    this.#changed(room, user)
  }

  /** The user may show no state here: the states set on this node end. */
  dropStates(channel: string, user: string): void {
    const room = this.#rooms.get(channel)
    const present = room?.find(user)
    if (room === undefined || present == null) return
    for (const hold of present.holders.values()) hold.state = null
    room.settle(present)
    this.#changed(room, user)
  }

  /** The state of one holder. Of the states that are held the latest is shown. False: this holder does not make the user present. */
  setState(channel: string, user: string, holder: string, state: JsonText): boolean {
    const room = this.#rooms.get(channel)
    const present = room?.find(user)
    if (room === undefined || present == null) return false
    const held = state === noState ? null : state
    // Some clients set the same state with each renewal; it is not published again.
    if (held === present.state && held === present.holders.get(holder)?.state) return true
    if (!present.setState(holder, held, this.#clock.now())) return false
    room.settle(present)
    this.#changed(room, user)
    return true
  }

  /** Whether the user is present by a connection or a lease of this node. */
  isHeldHere(channel: string, user: string): boolean {
    return (this.#rooms.get(channel)?.find(user)?.holders.size ?? 0) > 0
  }

  /** The users who are present by this node. */
  usersHere(channel: string): readonly string[] {
    return this.#rooms.get(channel)?.ownUsers() ?? []
  }

  /** The first part of the list, for a feed that is sent what happens from now on. `sendList` sends the rest. */
  begin(channel: string, feed: Feed): ListPart {
    return this.#rooms.get(channel)?.begin(feed) ?? { users: [], next: null }
  }

  /** Sends the list from this order on, in frames, as the reader has room for them. From 0: all of it. */
  readonly sendList = (channel: string, feed: Feed, from = 0): void => {
    const room = this.#rooms.get(channel)
    if (room !== undefined) room.sendList(feed, from)
    else if (from === 0) feed.sendEach(once(presenceListFrame(channel, encodeList([]))))
  }

  /** A page of the users by name. */
  list(channel: string, after: string, limit: number): PresentReply {
    const sorted = this.#rooms.get(channel)?.sorted ?? []
    const page: PresentReply['users'][number][] = []
    let bytes = 0
    for (let at = firstAfter(sorted, after); at < sorted.length; at++) {
      const present = sorted[at] as Present
      bytes += Buffer.byteLength(encodePresent(present, present.connections)) + 1
      if (page.length === limit || (page.length > 0 && bytes > this.#pageBytes))
        return { users: page, next: page.at(-1)?.user ?? null }
      const { user, since, state, connections } = present
      page.push({ user, since, state, connections })
    }
    return { users: page, next: null }
  }

  /** Ends leases that were not renewed. Called about once a second. */
  sweep(): void {
    const now = this.#clock.monotonic()
    for (const room of [...this.#rooms.values()]) {
      for (const present of [...room.users]) this.#endLeases(room, present, now)
      this.#forgetIfIdle(room, now)
    }
  }

  #open(channel: string): PresenceRoom {
    let room = this.#rooms.get(channel)
    if (room === undefined) {
      room = new PresenceRoom(channel, {
        hubs: this.#hubs,
        maxBytes: this.#partBytes,
        mark: (room) => this.#flusher.mark(room),
        emptied: this.#emptied,
        sendList: (feed) => this.sendList(channel, feed),
      })
      this.#rooms.set(channel, room)
      this.#link?.add(room)
    }
    return room
  }

  #changed(room: PresenceRoom, user: string): void {
    room.announce()
    this.#link?.changed(room.name, user)
  }

  #endLeases(room: PresenceRoom, { user, holders }: Present, now: number): void {
    for (const [holder, { until }] of [...holders]) {
      if (until !== null && until <= now) this.leave(room.name, user, holder)
    }
  }

  #forgetIfIdle(room: PresenceRoom, now: number): void {
    if (this.#link === null || room.hasNews || room.hasOwn || now - room.askedAt < lingerMs) return
    if (this.#hubs.get(room.name) !== null) return
    this.#rooms.delete(room.name)
    this.#link.remove(room)
  }

  /** Called after the flush that sent the leaves: a user who came back before it never left. With other nodes, an empty room is kept and followed. */
  readonly #emptied = (room: PresenceRoom): void => {
    if (this.#link === null) this.#rooms.delete(room.name)
  }
}

/** To set `null` is to set none. */
const noState = encodeJson(null)

function once(frame: Frame): () => Frame | null {
  let isSent = false
  return () => {
    if (isSent) return null
    isSent = true
    return frame
  }
}

/** The index of the first user whose name comes after this one. */
function firstAfter(sorted: readonly Present[], after: string): number {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((sorted[middle]?.user ?? '') <= after) low = middle + 1
    else high = middle
  }
  return low
}
