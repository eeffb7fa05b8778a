/**
 * Joins the presence rooms of this node with those of the other nodes, by a store that all of them share. This node
 * publishes the latest state of each own user who changed, again until the store has taken it, so that no order of
 * messages has to be kept. It asks for the moves of other nodes' users when the store notifies of them, and with each
 * beat in any case, in the rooms that are followed here.
 *
 *   publishing:   no ── changed() ──▶ soon ── after 20 ms ──▶ now ── taken ──▶ no
 *                                      ▲                       │
 *                                      └── failed: with the ◀──┘
 *                                          next beat
 *
 *   asking:       no ── a room is stale ──▶ soon ── grace over ──▶ now ── answered ──▶ no
 *                  ▲                                                │
 *                  └── failed: the rooms stay stale until a beat ◀──┘
 *
 *   store:        well ── a call fails ──▶ away: beats each second ── a call succeeds ──▶ well
 *                 well, away ── close() ──▶ closed
 *
 *   lease:        new ── published, or a beat ──▶ known ── a beat finds it lost ──▶ known, and the grace begins:
 *                 every own user is published again, and nobody is asked about for 2 s, so that the other nodes can
 *                 publish theirs before anybody is taken for gone
 */
import type { Clock } from '../../ports/clock.ts'
import type { OwnPresence, PresenceStore, RoomMoves } from '../../ports/presence.ts'
import type { LinkedRoom } from './linked-room.ts'

export interface PresenceSyncOptions {
  readonly clock: Clock
  readonly store: PresenceStore
  /** How often the lease of this node is renewed, in ms. */
  readonly beatMs: number
  readonly report: (error: unknown, doing: string) => void
}

/** Changes within this time are published together. */
const gatherMs = 20
/** After the store lost everything, the nodes have this long to publish again before any user is taken for gone. */
const graceMs = 2000
/** The longest wait for the first answer about a room. */
const loadMs = 2000

export class PresenceSync {
  readonly #options: PresenceSyncOptions
  readonly #rooms = new Map<string, LinkedRoom>()
  /** Users of this node, by room, whose latest state is not published yet. */
  readonly #dirty = new Map<string, Set<string>>()
  readonly #stale = new Set<LinkedRoom>()
  readonly #loading = new Map<LinkedRoom, Promise<void>>()
  #publishing: 'no' | 'soon' | 'now' = 'no'
  #asking: 'no' | 'soon' | 'now' = 'no'
  #beating: 'no' | 'now' = 'no'
  /** `new`: the store does not know this node yet. */
  #lease: 'new' | 'known' = 'new'
  #beatenAt = Number.NEGATIVE_INFINITY
  /** Until then nobody is taken for gone. */
  #graceUntil = Number.NEGATIVE_INFINITY
  #state: 'well' | 'away' | 'closed' = 'well'

  constructor(options: PresenceSyncOptions) {
    this.#options = options
    options.store.onMoved((rooms) => {
      for (const name of rooms) this.#markStale(this.#rooms.get(name))
    })
    options.store.onGap(() => this.beat('now'))
  }

  add(room: LinkedRoom): void {
    this.#rooms.set(room.name, room)
  }

  remove(room: LinkedRoom): void {
    this.#rooms.delete(room.name)
    this.#stale.delete(room)
  }

  /** One of this node's users came, went, set a state, or has another number of connections. */
  changed(room: string, user: string): void {
    const users = this.#dirty.get(room)
    if (users === undefined) this.#dirty.set(room, new Set([user]))
    else users.add(user)
    if (this.#publishing !== 'no') return
    this.#publishing = 'soon'
    this.#options.clock.after(gatherMs, () => void this.#publish())
  }

  async #publish(): Promise<void> {
    if (this.#state === 'closed') return
    this.#publishing = 'now'
    const own = [...this.#dirty].flatMap(([room, users]) => [...users].map((user) => this.#ownOf(room, user)))
    this.#dirty.clear()
    const isTaken = await this.#attempt('publishing who is here', () => this.#options.store.publish(own))
    if (isTaken) {
      this.#lease = 'known'
      this.#publishing = 'no'
      for (const [room, users] of this.#dirty) for (const user of users) this.changed(room, user)
      return
    }
    // The next beat publishes it again, as it is by then.
    this.#publishing = 'soon'
    for (const { room, user } of own) this.changed(room, user)
  }

  #ownOf(room: string, user: string): OwnPresence {
    const own = this.#rooms.get(room)?.own(user) ?? { connections: 0, since: 0, state: null, stateAt: 0 }
    return { room, user, ...own }
  }

  /** Asks who is in a room that starts to be followed. */
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

  #markStale(room: LinkedRoom | undefined): void {
    if (room === undefined || room.version === null) return
    this.#stale.add(room)
    this.#askSoon()
  }

  #askSoon(): void {
    if (this.#asking !== 'no' || this.#stale.size === 0) return
    this.#asking = 'soon'
    const restMs = Math.max(0, this.#graceUntil - this.#options.clock.monotonic())
    this.#options.clock.after(restMs, () => void this.#askStale())
  }

  async #askStale(): Promise<void> {
    if (this.#options.clock.monotonic() < this.#graceUntil) {
      this.#asking = 'no'
      this.#askSoon()
      return
    }
    this.#asking = 'now'
    const rooms = [...this.#stale]
    this.#stale.clear()
    const isDone = await this.#ask(rooms)
    this.#asking = 'no'
    if (isDone) this.#askSoon()
    else for (const room of rooms) this.#stale.add(room)
  }

  #ask(rooms: readonly LinkedRoom[]): Promise<boolean> {
    const asked = rooms.map(({ name, version }) => ({ room: name, version }))
    return this.#attempt('asking who is elsewhere', async () => {
      const found = await this.#options.store.moves(asked)
      for (const [index, moves] of found.entries()) {
        const room = rooms[index]
        // Where two calls overlapped, the later answer continues from a version that the room has left.
        if (room !== undefined && room.version === asked[index]?.version) this.#learn(room, moves)
      }
    })
  }

  #learn(room: LinkedRoom, moves: RoomMoves): void {
    if (moves.extent === 'all') room.learnAll(moves.users)
    else for (const each of moves.users) room.learn(each)
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
    const { store, clock } = this.#options
    const rooms = this.#rooms
    this.#beating = 'now'
    const isDone = await this.#attempt('renewing this node’s lease', async () => {
      const life = await store.beat()
      if (life === 'lost' && this.#lease === 'known') {
        this.#graceUntil = clock.monotonic() + graceMs
        for (const room of rooms.values()) this.#publishAll(room)
      }
      this.#lease = 'known'
    })
    this.#beating = 'no'
    if (!isDone || this.#isClosed()) return
    for (const room of rooms.values()) if (room.version !== null) this.#stale.add(room)
    this.#askSoon()
    if (this.#dirty.size > 0 && this.#publishing !== 'now') void this.#publish()
  }

  /** The store has lost this node's users, and maybe everybody's. */
  #publishAll(room: LinkedRoom): void {
    for (const user of room.ownUsers()) this.changed(room.name, user)
    if (room.version !== null) room.sendAllNext()
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

  /** Resolves where the store answers. */
  async probe(): Promise<void> {
    await this.#options.store.moves([{ room: '#', version: null }])
  }

  async close(): Promise<void> {
    if (this.#state === 'closed') return
    const wasWell = this.#state === 'well'
    this.#state = 'closed'
    if (wasWell) await this.#options.store.leave().catch(() => {})
  }
}
