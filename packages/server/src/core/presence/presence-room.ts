/**
 * Who is in one channel now, as this node knows it, and what of that its readers know. Changes are gathered until the
 * next flush, which sends each reader what it does not know yet: a join followed by a leave in one flush sends nothing.
 */
import type { Presence } from 'dovetail-protocol'
import type { ElsewherePresence } from '../../ports/presence.ts'
import { type EventFrame, encodePresenceState, encodePresent, presenceMovesFrame } from '../../wire/frames.ts'
import type { JsonText } from '../../wire/json-text.ts'
import type { Feed } from '../log/feeds/feed.ts'
import type { Flushable } from '../log/flush.ts'
import type { Hubs } from '../log/hubs.ts'
import type { LinkedRoom } from './linked-room.ts'
import { type ListPart, PresenceList } from './presence-list.ts'
import { Present } from './present.ts'

export interface RoomParts {
  readonly hubs: Pick<Hubs, 'get'>
  /** The most bytes of users in one frame. */
  readonly maxBytes: number
  /** Asks for a flush. */
  readonly mark: (room: PresenceRoom) => void
  readonly emptied: (room: PresenceRoom) => void
  /** Sends a reader everyone in the channel, from the room that the channel has by then. */
  readonly sendList: (feed: Feed) => void
}

/** What happened to a user since the last flush, at which moment of the room. */
interface Move {
  readonly seq: number
  readonly kind: 'presence' | 'state'
}

export class PresenceRoom implements Flushable, LinkedRoom {
  readonly name: string
  readonly #users = new Map<string, Present>()
  readonly #list: PresenceList
  /** The users that readers know of since the last flush, and the states that they know. */
  readonly #sent = new Map<string, JsonText | null>()
  readonly #moves = new Map<string, Move>()
  /** Feeds that were sent the list since the last flush: they know what came before it. */
  readonly #late = new Map<Feed, number>()
  readonly #parts: RoomParts
  version: string | null = null
  /** When somebody last asked who is here, in monotonic ms. */
  askedAt = 0
  #seq = 0
  #orders = 0
  #nextFlush: 'moves' | 'all' = 'moves'
  /** All users by name; `null`: to be sorted. */
  #sorted: readonly Present[] | null = null

  constructor(channel: string, parts: RoomParts) {
    this.name = channel
    this.#parts = parts
    this.#list = new PresenceList(channel, parts.maxBytes)
  }

  find(user: string): Present | null {
    return this.#users.get(user) ?? null
  }

  get users(): Iterable<Present> {
    return this.#users.values()
  }

  get sorted(): readonly Present[] {
    this.#sorted ??= [...this.#users.values()].sort((a, b) => (a.user < b.user ? -1 : 1))
    return this.#sorted
  }

  own(user: string): Present['own'] {
    return this.#users.get(user)?.own ?? { connections: 0, since: 0, state: null, stateAt: 0 }
  }

  ownUsers(): readonly string[] {
    return [...this.#users.values()].filter(({ holders }) => holders.size > 0).map(({ user }) => user)
  }

  announce(): void {
    if (this.hasNews) this.#parts.mark(this)
  }

  /** Whether anybody is here by a connection or a lease of this node. */
  get hasOwn(): boolean {
    for (const { holders } of this.#users.values()) if (holders.size > 0) return true
    return false
  }

  enter(user: string, since: number): Present {
    const present = new Present(user, since, this.#orders++)
    this.#users.set(user, present)
    this.#list.add(present)
    this.#sorted = null
    this.#moved(user, 'presence')
    return present
  }

  /** The user's holds have changed: another state may be shown now, or the user is gone. */
  settle(present: Present): void {
    if (present.isGone) {
      this.#users.delete(present.user)
      this.#list.delete(present)
      this.#sorted = null
      this.#moved(present.user, 'presence')
    } else if (present.refreshState()) {
      this.#list.changed(present)
      this.#moved(present.user, 'state')
    }
  }

  learn(found: ElsewherePresence): void {
    const present = this.#users.get(found.user) ?? (found.connections > 0 ? this.enter(found.user, found.since) : null)
    if (present === null) return
    present.setElsewhere(found)
    this.settle(present)
  }

  learnAll(found: readonly ElsewherePresence[]): void {
    const named = new Set(found.map(({ user }) => user))
    for (const present of [...this.#users.values()]) {
      if (present.elsewhere === 0 || named.has(present.user)) continue
      present.setElsewhere({ connections: 0, state: null, stateAt: 0 })
      this.settle(present)
    }
    for (const each of found) this.learn(each)
  }

  sendAllNext(): void {
    this.#nextFlush = 'all'
  }

  get hasNews(): boolean {
    return this.#moves.size > 0 || this.#nextFlush === 'all'
  }

  #moved(user: string, kind: Move['kind']): void {
    const before = this.#moves.get(user)
    this.#moves.set(user, { seq: ++this.#seq, kind: before?.kind === 'presence' ? 'presence' : kind })
  }

  /** The first part of the list, for a feed that is sent what happens from now on. */
  begin(feed: Feed): ListPart {
    this.#noteLate(feed)
    return this.#list.part(0)
  }

  /** Sends the list from this order on, part by part, each once the reader's outlet can take it, as the list is then. */
  sendList(feed: Feed, from: number): void {
    let next: number | null = from
    feed.sendEach(() => {
      if (next === null) return null
      if (next === 0) this.#noteLate(feed)
      const part = this.#list.frame(next)
      next = part.next
      return part.frame
    })
  }

  #noteLate(feed: Feed): void {
    if (this.#moves.size > 0) this.#late.set(feed, this.#seq)
  }

  flush(): boolean {
    if (this.#nextFlush === 'all') this.#flushAll()
    else this.#flushMoves()
    for (const user of this.#moves.keys()) {
      const present = this.#users.get(user)
      if (present === undefined) this.#sent.delete(user)
      else this.#sent.set(user, present.state)
    }
    this.#moves.clear()
    this.#late.clear()
    if (this.#users.size === 0) this.#parts.emptied(this)
    // What is sent here is no change of a log.
    return false
  }

  #flushAll(): void {
    this.#nextFlush = 'moves'
    const hub = this.#parts.hubs.get(this.name)
    if (hub === null) return
    const { frame, next } = this.#list.frame(0)
    hub.sendTransient(frame, (feed) => feed.options.presence, this.#parts.sendList)
    if (next === null) return
    for (const feed of hub.feeds) if (feed.options.presence && feed.hasBegun) this.sendList(feed, next)
  }

  #flushMoves(): void {
    const { hubs, sendList } = this.#parts
    const hub = hubs.get(this.name)
    for (const frame of this.#frames(0))
      hub?.sendTransient(frame, (feed) => feed.options.presence && !this.#late.has(feed), sendList)
    for (const [feed, seq] of this.#late) for (const frame of this.#frames(seq)) feed.sendTransient(frame, sendList)
  }

  /** What happened above `seq` that readers don't know, in frames within the bound. */
  #frames(seq: number): EventFrame<Presence>[] {
    const frames: EventFrame<Presence>[] = []
    let moves = noMoves(this.name)
    let bytes = 0
    for (const [user, move] of this.#moves) {
      const text = move.seq <= seq ? null : this.#moveText(user, move, seq > 0)
      if (text === null) continue
      const size = Buffer.byteLength(text.of) + 3
      if (bytes > 0 && bytes + size > this.#parts.maxBytes) {
        frames.push(presenceMovesFrame(moves))
        moves = noMoves(this.name)
        bytes = 0
      }
      addMove(moves, text)
      bytes += size
    }
    if (bytes > 0) frames.push(presenceMovesFrame(moves))
    return frames
  }

  /** What a reader is told of the user; `null`: nothing that it does not know. `isLate`: for readers who were sent the list since the last flush. */
  #moveText(user: string, move: Move, isLate: boolean): MoveText | null {
    const present = this.#users.get(user)
    const isKnown = this.#sent.has(user)
    if (present === undefined) return isKnown || isLate ? { kind: 'leave', of: user } : null
    if (move.kind === 'presence' && !isKnown) return { kind: 'join', of: encodePresent(present) }
    if (!isLate && this.#sent.get(user) === present.state) return null
    return { kind: 'state', of: encodePresenceState(present) }
  }
}

type MoveText =
  | { readonly kind: 'leave'; readonly of: string }
  | { readonly kind: 'join'; readonly of: ReturnType<typeof encodePresent> }
  | { readonly kind: 'state'; readonly of: ReturnType<typeof encodePresenceState> }

function addMove(moves: Moves, text: MoveText): void {
  if (text.kind === 'leave') moves.leave.push(text.of)
  else if (text.kind === 'join') moves.join.push(text.of)
  else moves.state.push(text.of)
}

function noMoves(channel: string) {
  return {
    channel,
    join: [] as ReturnType<typeof encodePresent>[],
    leave: [] as string[],
    state: [] as ReturnType<typeof encodePresenceState>[],
  }
}
type Moves = ReturnType<typeof noMoves>
