/**
 * Who is in a channel now: users, once each, however many connections they have. A connection's
 * presence is held while it lives; a reader without a connection of its own (a stream's client, a
 * long-poll) holds a lease and renews it. Joins and leaves that cancel out within one flush are not told.
 */
import { Frame } from '../ports/frame.ts'
import type { Clock } from '../ports/clock.ts'
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
  readonly users: readonly { readonly user: string; readonly since: number; readonly connections: number; readonly state: string | null }[]
  readonly next: string | null
}

class Room implements Flushable {
  readonly channel: string
  readonly users = new Map<string, Present>()
  /** What readers were last told, so that what cancels out is not told. */
  readonly #told = new Set<string>()
  readonly #moved = new Set<string>()
  readonly #restated = new Set<string>()
  readonly #hubs: Pick<Hubs, 'get'>

  constructor(channel: string, hubs: Pick<Hubs, 'get'>) {
    this.channel = channel
    this.#hubs = hubs
  }

  moved(user: string): void {
    this.#moved.add(user)
  }

  restated(user: string): void {
    this.#restated.add(user)
  }

  flush(): void {
    const joins: string[] = []
    const leaves: string[] = []
    const states: string[] = []
    for (const user of this.#moved) {
      const present = this.users.get(user)
      if (present !== undefined && !this.#told.has(user)) joins.push(encodePresent(present))
      if (present === undefined && this.#told.has(user)) leaves.push(`"${user}"`)
      if (present === undefined) this.#told.delete(user)
      else if (this.#told.has(user) && this.#restated.has(user)) states.push(encodeState(present))
      else this.#told.add(user)
      this.#restated.delete(user)
    }
    for (const user of this.#restated) {
      const present = this.users.get(user)
      if (present !== undefined) states.push(encodeState(present))
    }
    this.#moved.clear()
    this.#restated.clear()
    const parts = [
      ...(joins.length === 0 ? [] : [`"join":[${joins.join(',')}]`]),
      ...(leaves.length === 0 ? [] : [`"leave":[${leaves.join(',')}]`]),
      ...(states.length === 0 ? [] : [`"state":[${states.join(',')}]`]),
    ]
    if (parts.length === 0) return
    const json = `{"op":"presence","channel":"${this.channel}",${parts.join(',')}}`
    this.#hubs.get(this.channel)?.mention(new Frame('presence', json), (feed) => feed.options.presence)
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
      room = new Room(channel, this.#hubs)
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
    if (room.users.size === 0) this.#rooms.delete(channel)
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

  /** Everyone in the channel, as JSON text. */
  snapshot(channel: string): string {
    const users = this.#rooms.get(channel)?.users.values() ?? []
    return `[${[...users].map(encodePresent).join(',')}]`
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
