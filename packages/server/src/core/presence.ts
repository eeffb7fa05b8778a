/**
 * Who is in a channel now: users, once each, however many connections they have and on however many
 * nodes. A connection's presence is held while it lives; a reader without a connection of its own (a
 * stream's client, a long-poll) holds a lease and renews it. Joins and leaves that cancel out within
 * one flush are not told.
 */

import type { Clock } from '../ports/clock.ts'
import type { Feed } from './feed.ts'
import type { Flusher } from './flush.ts'
import type { Hubs } from './hubs.ts'
import type { PresenceLink } from './presence-link.ts'
import { type Present, Room } from './room.ts'

export interface PresentReply {
  readonly users: readonly {
    readonly user: string
    readonly since: number
    readonly connections: number
    readonly state: string | null
  }[]
  readonly next: string | null
}

export interface PresencesOptions {
  readonly clock: Clock
  readonly flusher: Flusher
  readonly hubs: Pick<Hubs, 'get'>
  /** Joins this node with others; `null`: there are none. */
  readonly link: PresenceLink | null
}

/** A room that nobody asks about is followed for this long. */
const lingerMs = 5000

export class Presences {
  readonly #clock: Clock
  readonly #flusher: Flusher
  readonly #hubs: Pick<Hubs, 'get'>
  readonly #rooms = new Map<string, Room>()
  readonly #link: PresenceLink | null

  constructor({ clock, flusher, hubs, link }: PresencesOptions) {
    this.#clock = clock
    this.#flusher = flusher
    this.#hubs = hubs
    this.#link = link
  }

  /** Resolves when it is known who is in the channel on other nodes, or when they can't be asked. */
  async ready(channel: string): Promise<void> {
    if (this.#link === null) return
    const room = this.#open(channel)
    room.askedAt = this.#clock.monotonic()
    await this.#link.load(room)
  }

  /** `leaseMs`: how long without a renewal; `null`: until `leave`. `by`: the stream that has it from now on. */
  hold(channel: string, user: string, holder: string, leaseMs: number | null, by: object | null = null): void {
    const room = this.#open(channel)
    const present = room.users.get(user) ?? room.enter(user, this.#clock.now())
    const before = present.holders.get(holder)
    const until = leaseMs === null ? null : this.#clock.monotonic() + leaseMs
    present.holders.set(holder, { until, by: by ?? before?.by ?? null })
    if (before === undefined) this.#changed(room, user)
  }

  /** A stream ended, and with it what it held: not what another stream of its client has taken over by then. */
  streamEnded(channel: string, user: string, holder: string, stream: object): void {
    const hold = this.#rooms.get(channel)?.users.get(user)?.holders.get(holder)
    if (hold?.by === stream) this.leave(channel, user, holder)
  }

  leave(channel: string, user: string, holder: string): void {
    const room = this.#rooms.get(channel)
    const present = room?.users.get(user)
    if (room === undefined || present === undefined || !present.holders.delete(holder)) return
    room.leaveIfGone(present)
    this.#changed(room, user)
  }

  /** `state` is JSON text. False: the user is not present here. */
  setState(channel: string, user: string, state: string): boolean {
    const room = this.#rooms.get(channel)
    const present = room?.users.get(user)
    if (room === undefined || present === undefined || present.holders.size === 0) return false
    // Said again with each renewal by some; whoever listens has it.
    if (present.state === state) return true
    present.state = state
    room.restated(user)
    this.#flusher.mark(room)
    this.#link?.restated(channel, user)
    return true
  }

  /** Everyone in the channel, as JSON text, for a feed that is told the rest as it happens. */
  snapshot(channel: string, feed: Feed): string {
    return this.#rooms.get(channel)?.snapshotFor(feed) ?? '[]'
  }

  list(channel: string, after: string, limit: number): PresentReply {
    const users = [...(this.#rooms.get(channel)?.users.values() ?? [])]
      .filter((present) => present.user > after)
      .sort((a, b) => (a.user < b.user ? -1 : 1))
    const page = users.slice(0, limit)
    return {
      users: page.map(({ user, since, state, holders, elsewhere }) => {
        return { user, since, state, connections: holders.size + elsewhere }
      }),
      next: users.length > limit ? (page.at(-1)?.user ?? null) : null,
    }
  }

  /** Ends leases that were not renewed. Called about once a second. */
  sweep(): void {
    const now = this.#clock.monotonic()
    for (const room of [...this.#rooms.values()]) {
      for (const present of [...room.users.values()]) this.#endLeases(room, present, now)
      this.#forgetIfIdle(room, now)
    }
  }

  #open(channel: string): Room {
    let room = this.#rooms.get(channel)
    if (room === undefined) {
      room = new Room(channel, {
        hubs: this.#hubs,
        mark: (room) => this.#flusher.mark(room),
        emptied: this.#emptied,
        snapshot: (feed) => this.snapshot(channel, feed),
      })
      this.#rooms.set(channel, room)
      this.#link?.add(room)
    }
    return room
  }

  #changed(room: Room, user: string): void {
    room.announce()
    this.#link?.changed(room.name, user)
  }

  #endLeases(room: Room, { user, holders }: Present, now: number): void {
    for (const [holder, { until }] of [...holders]) {
      if (until !== null && until <= now) this.leave(room.name, user, holder)
    }
  }

  #forgetIfIdle(room: Room, now: number): void {
    if (this.#link === null || room.hasNews || room.hasOwn || now - room.askedAt < lingerMs) return
    if (this.#hubs.get(room.name) !== null) return
    this.#rooms.delete(room.name)
    this.#link.remove(room)
  }

  /** Only once its leaves are told: who comes back before that was never gone. With other nodes, an empty room is followed too. */
  readonly #emptied = (room: Room): void => {
    if (this.#link === null) this.#rooms.delete(room.name)
  }
}
