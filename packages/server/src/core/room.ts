/** Who is in one channel now, as this node knows it, and what of that its readers have been told. */

import { Frame } from '../ports/frame.ts'
import type { ElsewherePresence } from '../ports/presence.ts'
import type { Feed } from './feed.ts'
import type { Flushable } from './flush.ts'
import type { Hubs } from './hubs.ts'
import { presentFrame } from './notices.ts'
import type { LinkedRoom } from './presence-link.ts'

export interface Present {
  readonly user: string
  /** Milliseconds since the Unix epoch. */
  readonly since: number
  /** JSON text; `null`: none was set. */
  state: string | null
  /** Who holds it on this node: connections, and clients without one. */
  readonly holders: Map<string, Hold>
  /** Connections on other nodes. */
  elsewhere: number
}

/** What keeps a user present. */
export interface Hold {
  /** When the lease ends, in monotonic ms; `null`: with the connection. */
  readonly until: number | null
  /** The stream that has it now; `null`: it has no stream. */
  readonly by: object | null
}

export interface RoomParts {
  readonly hubs: Pick<Hubs, 'get'>
  /** Asks for a flush. */
  readonly mark: (room: Room) => void
  readonly emptied: (room: Room) => void
  /** Everyone in the channel now, as JSON text: another room may have taken this one's place by then. */
  readonly snapshot: (feed: Feed) => string
}

/** What happened to a user since the last flush, at which moment of the room. */
interface Move {
  readonly seq: number
  readonly kind: 'presence' | 'state'
}

export class Room implements Flushable, LinkedRoom {
  readonly name: string
  readonly users = new Map<string, Present>()
  /** Whom readers were last told of, so that what cancels out is not told. */
  readonly #told = new Set<string>()
  readonly #moves = new Map<string, Move>()
  /** Feeds whose snapshot was taken since the last flush: they know what came before it. */
  readonly #late = new Map<Feed, number>()
  readonly #hubs: Pick<Hubs, 'get'>
  readonly #mark: (room: Room) => void
  readonly #emptied: (room: Room) => void
  readonly #instead: (feed: Feed) => Frame
  version: string | null = null
  /** When somebody last asked to know who is here, in monotonic ms. */
  askedAt = 0
  #seq = 0
  #telling: 'moves' | 'all' = 'moves'

  constructor(channel: string, parts: RoomParts) {
    this.name = channel
    this.#hubs = parts.hubs
    this.#mark = parts.mark
    this.#emptied = parts.emptied
    this.#instead = (feed) => presentFrame(channel, parts.snapshot(feed))
  }

  own(user: string): { connections: number; since: number; state: string | null } {
    const present = this.users.get(user)
    return { connections: present?.holders.size ?? 0, since: present?.since ?? 0, state: present?.state ?? null }
  }

  ownUsers(): readonly string[] {
    return [...this.users.values()].filter(({ holders }) => holders.size > 0).map(({ user }) => user)
  }

  announce(): void {
    if (this.hasNews) this.#mark(this)
  }

  /** Whether anybody is here by a connection or a lease of this node. */
  get hasOwn(): boolean {
    for (const { holders } of this.users.values()) if (holders.size > 0) return true
    return false
  }

  enter(user: string, since: number): Present {
    const present: Present = { user, since, state: null, holders: new Map(), elsewhere: 0 }
    this.users.set(user, present)
    this.moved(user)
    return present
  }

  /** Whoever is neither here nor elsewhere is gone. */
  leaveIfGone(present: Present): void {
    if (present.holders.size > 0 || present.elsewhere > 0) return
    this.users.delete(present.user)
    this.moved(present.user)
  }

  learn(found: ElsewherePresence, keepsState: boolean): void {
    const { user, since, connections, state } = found
    const present = this.users.get(user) ?? (connections > 0 ? this.enter(user, since) : null)
    if (present === null) return
    present.elsewhere = connections
    if (state !== null && state !== present.state && !keepsState) {
      present.state = state
      this.restated(user)
    }
    this.leaveIfGone(present)
  }

  learnAll(found: readonly ElsewherePresence[], keepsState: (user: string) => boolean): void {
    const named = new Set(found.map(({ user }) => user))
    for (const present of [...this.users.values()]) {
      if (present.elsewhere === 0 || named.has(present.user)) continue
      present.elsewhere = 0
      this.leaveIfGone(present)
    }
    for (const each of found) this.learn(each, keepsState(each.user))
  }

  /** The next flush tells everybody who is here, instead of what moved. */
  tellAll(): void {
    this.#telling = 'all'
  }

  get hasNews(): boolean {
    return this.#moves.size > 0 || this.#telling === 'all'
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
    return this.#everyone()
  }

  #everyone(): string {
    return `[${[...this.users.values()].map(encodePresent).join(',')}]`
  }

  flush(): void {
    if (this.#telling === 'all') this.#flushAll()
    else this.#flushMoves()
    for (const user of this.#moves.keys()) {
      if (this.users.has(user)) this.#told.add(user)
      else this.#told.delete(user)
    }
    this.#moves.clear()
    this.#late.clear()
    if (this.users.size === 0) this.#emptied(this)
  }

  #flushAll(): void {
    this.#telling = 'moves'
    this.#hubs
      .get(this.name)
      ?.mention(presentFrame(this.name, this.#everyone()), (feed) => feed.options.presence, this.#instead)
  }

  #flushMoves(): void {
    const frame = this.#frame(0)
    const hub = this.#hubs.get(this.name)
    if (frame !== null) hub?.mention(frame, (feed) => feed.options.presence && !this.#late.has(feed), this.#instead)
    for (const [feed, seq] of this.#late) {
      const rest = this.#frame(seq)
      if (rest !== null) feed.mention(rest, this.#instead)
    }
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
    return new Frame('presence', `{"op":"presence","channel":"${this.name}",${parts.join(',')}}`)
  }
}

function encodePresent(present: Present): string {
  const state = present.state === null ? '' : `,"state":${present.state}`
  return `{"user":"${present.user}","since":"${new Date(present.since).toISOString()}"${state}}`
}

function encodeState(present: Present): string {
  return `{"user":"${present.user}","state":${present.state ?? 'null'}}`
}
