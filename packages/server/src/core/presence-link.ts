/**
 * Joins the rooms of this node with those of the others. What own users did is told as it stands
 * when it is told, again and again until it was taken, so that nothing has to be told in order; of
 * rooms that are followed here the moves of the others are asked for when they are heard of, and
 * with each beat in any case.
 */
import type { Clock } from '../ports/clock.ts'
import type { ElsewherePresence, OwnPresence, PresencePlace, RoomMoves } from '../ports/presence.ts'

export interface PresenceLinkOptions {
  readonly clock: Clock
  readonly place: PresencePlace
  /** The lease of this node is told anew this often, in ms. */
  readonly beatMs: number
  readonly report: (error: unknown, doing: string) => void
}

/** A room as this node has it. */
export interface LinkedRoom {
  /** What it is called between nodes. */
  readonly name: string
  /** Where the look at other nodes goes on; `null`: they were never asked. */
  version: string | null
  /** What to tell of one of this node's users, who may have left. */
  own(user: string): Pick<OwnPresence, 'connections' | 'since' | 'state'>
  ownUsers(): readonly string[]
  /** Takes over what other nodes say of a user. `keepsState`: a state was set here that they don't know yet. */
  learn(found: ElsewherePresence, keepsState: boolean): void
  /** Whoever is not named is on no other node. */
  learnAll(found: readonly ElsewherePresence[], keepsState: (user: string) => boolean): void
  /** Readers are told everyone next, not what moved. */
  tellAll(): void
  /** Something may have been learned: readers are told soon. */
  announce(): void
}

/** What happens within this goes in one message. */
const gatherMs = 20
/** After the place forgot everything, all nodes are given this long to tell it again before anybody is said to be gone. */
const graceMs = 2000
/** A room's first look is not waited for longer than this. */
const loadMs = 2000

/** What is to be told of a user: the state too, where it was set here since the last time. */
type Dirt = 'presence' | 'state'

export class PresenceLink {
  readonly #options: PresenceLinkOptions
  readonly #rooms = new Map<string, LinkedRoom>()
  readonly #dirty = new Map<string, Map<string, Dirt>>()
  readonly #stale = new Set<LinkedRoom>()
  readonly #loading = new Map<LinkedRoom, Promise<void>>()
  #telling: 'no' | 'soon' | 'now' = 'no'
  #looking: 'no' | 'soon' | 'now' = 'no'
  #beating: 'no' | 'now' = 'no'
  /** `new`: the place has not been told of this node. */
  #life: 'new' | 'known' = 'new'
  #beatenAt = Number.NEGATIVE_INFINITY
  /** Until then nobody is taken for gone. */
  #graceUntil = Number.NEGATIVE_INFINITY
  #state: 'well' | 'away' | 'closed' = 'well'

  constructor(options: PresenceLinkOptions) {
    this.#options = options
    options.place.onMoved((rooms) => {
      for (const name of rooms) this.#suspect(this.#rooms.get(name))
    })
    options.place.onDoubt(() => this.beat('now'))
  }

  add(room: LinkedRoom): void {
    this.#rooms.set(room.name, room)
  }

  remove(room: LinkedRoom): void {
    this.#rooms.delete(room.name)
    this.#stale.delete(room)
  }

  /** One of this node's users came, went, or has another number of connections. */
  changed(room: string, user: string): void {
    this.#mark(room, user, this.#dirty.get(room)?.get(user) ?? 'presence')
  }

  restated(room: string, user: string): void {
    this.#mark(room, user, 'state')
  }

  #mark(room: string, user: string, dirt: Dirt): void {
    let users = this.#dirty.get(room)
    if (users === undefined) {
      users = new Map()
      this.#dirty.set(room, users)
    }
    users.set(user, dirt)
    if (this.#telling !== 'no') return
    this.#telling = 'soon'
    this.#options.clock.after(gatherMs, () => void this.#tell())
  }

  async #tell(): Promise<void> {
    if (this.#state === 'closed') return
    this.#telling = 'now'
    const told = [...this.#dirty].flatMap(([room, users]) =>
      [...users].map(([user, dirt]) => ({ own: this.#ownOf(room, user, dirt), dirt })),
    )
    this.#dirty.clear()
    const isTaken = await this.#attempt('telling who is here', () =>
      this.#options.place.tell(told.map(({ own }) => own)),
    )
    this.#telling = 'no'
    if (isTaken) {
      this.#life = 'known'
      for (const [room, users] of this.#dirty) for (const [user, dirt] of users) this.#mark(room, user, dirt)
      return
    }
    // The next beat tells again.
    this.#telling = 'soon'
    for (const { own, dirt } of told) {
      const newer = this.#dirty.get(own.room)?.get(own.user)
      this.#mark(own.room, own.user, newer === 'state' ? newer : dirt)
    }
  }

  #ownOf(room: string, user: string, dirt: Dirt): OwnPresence {
    const own = this.#rooms.get(room)?.own(user) ?? { connections: 0, since: 0, state: null }
    return { room, user, ...own, state: dirt === 'state' ? own.state : null }
  }

  /** Asks who is in a room that was not followed until now. */
  async load(room: LinkedRoom): Promise<void> {
    if (room.version !== null) return
    const underWay = this.#loading.get(room)
    if (underWay !== undefined) return await underWay
    const loading = this.#loadNow(room).finally(() => this.#loading.delete(room))
    this.#loading.set(room, loading)
    await loading
  }

  async #loadNow(room: LinkedRoom): Promise<void> {
    let stop = () => {}
    const late = new Promise<void>((resolve) => {
      stop = this.#options.clock.after(loadMs, resolve)
    })
    await Promise.race([this.#ask([room]), late]).finally(() => stop())
    if (room.version === null) this.#stale.add(room)
  }

  #suspect(room: LinkedRoom | undefined): void {
    if (room === undefined || room.version === null) return
    this.#stale.add(room)
    this.#lookSoon()
  }

  #lookSoon(): void {
    if (this.#looking !== 'no' || this.#stale.size === 0) return
    this.#looking = 'soon'
    const restMs = Math.max(0, this.#graceUntil - this.#options.clock.monotonic())
    this.#options.clock.after(restMs, () => void this.#look())
  }

  async #look(): Promise<void> {
    if (this.#options.clock.monotonic() < this.#graceUntil) {
      this.#looking = 'no'
      this.#lookSoon()
      return
    }
    this.#looking = 'now'
    const rooms = [...this.#stale]
    this.#stale.clear()
    const isDone = await this.#ask(rooms)
    this.#looking = 'no'
    if (isDone) this.#lookSoon()
    else for (const room of rooms) this.#stale.add(room)
  }

  #ask(rooms: readonly LinkedRoom[]): Promise<boolean> {
    const asked = rooms.map(({ name, version }) => ({ room: name, version }))
    return this.#attempt('asking who is elsewhere', async () => {
      const found = await this.#options.place.moves(asked)
      for (const [index, moves] of found.entries()) {
        const room = rooms[index]
        // It may have been asked twice meanwhile: what comes late goes on from somewhere else.
        if (room !== undefined && room.version === asked[index]?.version) this.#learn(room, moves)
      }
    })
  }

  #learn(room: LinkedRoom, moves: RoomMoves): void {
    const keepsState = (user: string) => this.#dirty.get(room.name)?.get(user) === 'state'
    if (moves.extent === 'all') room.learnAll(moves.users, keepsState)
    else for (const each of moves.users) room.learn(each, keepsState(each.user))
    room.version = moves.version
    room.announce()
  }

  /** Called about once a second. */
  beat(when: 'due' | 'now' = 'due'): void {
    const now = this.#options.clock.monotonic()
    const isDue = when === 'now' || now - this.#beatenAt >= this.#options.beatMs || this.#state === 'away'
    if (!isDue || this.#beating === 'now' || this.#state === 'closed') return
    this.#beatenAt = now
    void this.#beat()
  }

  async #beat(): Promise<void> {
    const { place, clock } = this.#options
    const rooms = this.#rooms
    this.#beating = 'now'
    const isDone = await this.#attempt('telling that this node lives', async () => {
      const life = await place.beat()
      if (life === 'lost' && this.#life === 'known') {
        this.#graceUntil = clock.monotonic() + graceMs
        for (const room of rooms.values()) this.#beginAnew(room)
      }
      this.#life = 'known'
    })
    this.#beating = 'no'
    if (!isDone || this.#isClosed()) return
    for (const room of rooms.values()) if (room.version !== null) this.#stale.add(room)
    this.#lookSoon()
    if (this.#dirty.size > 0 && this.#telling !== 'now') void this.#tell()
  }

  /** The place does not know this node's users any more, and maybe nobody's. */
  #beginAnew(room: LinkedRoom): void {
    for (const user of room.ownUsers()) this.#mark(room.name, user, 'state')
    if (room.version !== null) room.tellAll()
  }

  #isClosed(): boolean {
    return this.#state === 'closed'
  }

  async #attempt(doing: string, act: () => Promise<void>): Promise<boolean> {
    try {
      await act()
      if (this.#state === 'away') this.#state = 'well'
      return true
    } catch (error) {
      if (this.#state === 'well') {
        this.#state = 'away'
        this.#options.report(error, doing)
      }
      return false
    }
  }

  /** Resolves where the place answers. */
  async probe(): Promise<void> {
    await this.#options.place.moves([{ room: '#', version: null }])
  }

  async close(): Promise<void> {
    if (this.#state === 'closed') return
    const wasWell = this.#state === 'well'
    this.#state = 'closed'
    if (wasWell) await this.#options.place.leave().catch(() => {})
  }
}
