/**
 * Who is in a channel now: users, once each, however many connections they have. A connection's
 * presence is held while it lives; a reader without a connection of its own (a stream's client, a
 * long-poll) holds a lease and renews it. Joins and leaves that cancel out within one flush are not told.
 */

import type { Clock } from '../ports/clock.ts'
import { Frame } from '../ports/frame.ts'
import type { Feed } from './feed.ts'
import type { Flushable, Flusher } from './flush.ts'
import type { Hubs } from './hubs.ts'

interface Present {
  readonly user: string
  /** Milliseconds since the Unix epoch. */
  readonly since: number
  /** JSON text; `null`: none was set. */
  state: string | null
  /** When each holder's lease ends, in monotonic ms; `null`: a living connection. */
  readonly holders: Map<string, number | null>
}

export interface PresentReply {
  readonly users: readonly {
    readonly user: string
    readonly since: number
    readonly connections: number
    readonly state: string | null
  }[]
  readonly next: string | null
}

/** What happened to a user since the last flush, at which moment of the room. */
interface Move {
  readonly seq: number
  readonly kind: 'presence' | 'state'
}

class Room implements Flushable {
  readonly channel: string
  readonly users = new Map<string, Present>()
  /** Whom readers were last told of, so that what cancels out is not told. */
  readonly #told = new Set<string>()
  readonly #moves = new Map<string, Move>()
  /** Feeds whose snapshot was taken since the last flush: they know what came before it. */
  readonly #late = new Map<Feed, number>()
  readonly #hubs: Pick<Hubs, 'get'>
  readonly #emptied: (room: Room) => void
  #seq = 0

  constructor(channel: string, hubs: Pick<Hubs, 'get'>, emptied: (room: Room) => void) {
    this.channel = channel
    this.#hubs = hubs
    this.#emptied = emptied
  }

  moved(user: string): void {
    this.#moves.set(user, { seq: ++this.#seq, kind: 'presence' })
  }

  restated(user: string): void {
    const before = this.#moves.get(user)
    this.#moves.set(user, { seq: ++this.#seq, kind: before?.kind ?? 'state' })
  }

  snapshotFor(feed: Feed): string {
    if (this.#moves.size > 0) this.#late.set(feed, this.#seq)
    return `[${[...this.users.values()].map(encodePresent).join(',')}]`
  }

  flush(): void {
    const frame = this.#frame(0)
    const hub = this.#hubs.get(this.channel)
    if (frame !== null) hub?.mention(frame, (feed) => feed.options.presence && !this.#late.has(feed))
    for (const [feed, seq] of this.#late) {
      const rest = this.#frame(seq)
      if (rest !== null) feed.mention(rest)
    }
    for (const user of this.#moves.keys()) {
      if (this.users.has(user)) this.#told.add(user)
      else this.#told.delete(user)
    }
    this.#moves.clear()
    this.#late.clear()
    if (this.users.size === 0) this.#emptied(this)
  }

  /** What happened above `seq`; `null`: nothing that readers don't know. */
  #frame(seq: number): Frame | null {
    const joins: string[] = []
    const leaves: string[] = []
    const states: string[] = []
    for (const [user, move] of this.#moves) {
      if (move.seq <= seq) continue
      const present = this.users.get(user)
      const wasTold = this.#told.has(user) || seq > 0
      if (present === undefined) {
        if (wasTold) leaves.push(`"${user}"`)
      } else if (move.kind === 'presence' && !this.#told.has(user)) joins.push(encodePresent(present))
      else if (present.state !== null) states.push(encodeState(present))
    }
    const parts = [
      ...(joins.length === 0 ? [] : [`"join":[${joins.join(',')}]`]),
      ...(leaves.length === 0 ? [] : [`"leave":[${leaves.join(',')}]`]),
      ...(states.length === 0 ? [] : [`"state":[${states.join(',')}]`]),
    ]
    if (parts.length === 0) return null
    return new Frame('presence', `{"op":"presence","channel":"${this.channel}",${parts.join(',')}}`)
  }
}

function encodePresent(present: Present): string {
  const state = present.state === null ? '' : `,"state":${present.state}`
  return `{"user":"${present.user}","since":"${new Date(present.since).toISOString()}"${state}}`
}

function encodeState(present: Present): string {
  return `{"user":"${present.user}","state":${present.state ?? 'null'}}`
}

export class Presences {
  readonly #clock: Clock
  readonly #flusher: Flusher
  readonly #hubs: Pick<Hubs, 'get'>
  readonly #rooms = new Map<string, Room>()

  constructor(clock: Clock, flusher: Flusher, hubs: Pick<Hubs, 'get'>) {
    this.#clock = clock
    this.#flusher = flusher
    this.#hubs = hubs
  }

  /** `leaseMs`: how long without a renewal; `null`: until `leave`. */
  hold(channel: string, user: string, holder: string, leaseMs: number | null): void {
    let room = this.#rooms.get(channel)
    if (room === undefined) {
      room = new Room(channel, this.#hubs, this.#emptied)
      this.#rooms.set(channel, room)
    }
    let present = room.users.get(user)
    if (present === undefined) {
      present = { user, since: this.#clock.now(), state: null, holders: new Map() }
      room.users.set(user, present)
      room.moved(user)
      this.#flusher.mark(room)
    }
    present.holders.set(holder, leaseMs === null ? null : this.#clock.monotonic() + leaseMs)
  }

  leave(channel: string, user: string, holder: string): void {
    const room = this.#rooms.get(channel)
    const present = room?.users.get(user)
    if (room === undefined || present === undefined || !present.holders.delete(holder)) return
    if (present.holders.size > 0) return
    room.users.delete(user)
    room.moved(user)
    this.#flusher.mark(room)
  }

  /** Only once its leaves are told: who comes back before that was never gone. */
  readonly #emptied = (room: Room): void => {
    this.#rooms.delete(room.channel)
  }

  /** `state` is JSON text. False: the user is not present here. */
  setState(channel: string, user: string, state: string): boolean {
    const room = this.#rooms.get(channel)
    const present = room?.users.get(user)
    if (room === undefined || present === undefined) return false
    present.state = state
    room.restated(user)
    this.#flusher.mark(room)
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
      users: page.map(({ user, since, state, holders }) => ({ user, since, state, connections: holders.size })),
      next: users.length > limit ? (page.at(-1)?.user ?? null) : null,
    }
  }

  /** Ends leases that were not renewed. Called about once a second. */
  sweep(): void {
    const now = this.#clock.monotonic()
    for (const room of [...this.#rooms.values()]) {
      for (const present of [...room.users.values()]) {
        for (const [holder, until] of [...present.holders]) {
          if (until !== null && until <= now) this.leave(room.channel, present.user, holder)
        }
      }
    }
  }
}
