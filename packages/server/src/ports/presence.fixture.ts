/** A presence store for several nodes in one process, with clock and lease set by the test. */
import type { Clock } from './clock.ts'
import type { ElsewherePresence, OwnPresence, PresenceStore, RoomMoves } from './presence.ts'
import { StoreUnavailable } from './store.ts'

interface Entry {
  readonly node: string
  readonly own: OwnPresence
}

export class SharedPresence {
  readonly #clock: Clock
  readonly #leaseMs: number
  /** Rooms, then users, then nodes. */
  #entries: Entry[] = []
  #moves: { readonly room: string; readonly user: string }[] = []
  #alive = new Map<string, number>()
  readonly #nodes = new Map<string, { moved: (rooms: readonly string[]) => void; gap: () => void }>()
  #reach: 'there' | 'away' = 'there'
  #incarnation = 0

  constructor(clock: Clock, leaseMs: number) {
    this.#clock = clock
    this.#leaseMs = leaseMs
  }

  away(): void {
    this.#reach = 'away'
  }

  back(): void {
    this.#reach = 'there'
    for (const { gap } of this.#nodes.values()) gap()
  }

  /** Loses everything published so far, as a store that restarts empty. */
  forget(): void {
    this.#entries = []
    this.#moves = []
    this.#alive = new Map()
    this.#incarnation++
  }

  node(name: string): PresenceStore {
    const subscribers = { moved: (_rooms: readonly string[]) => {}, gap: () => {} }
    this.#nodes.set(name, subscribers)
    return {
      publish: async (own) => {
        this.#check()
        if (!this.#alive.has(name)) this.#alive.set(name, this.#clock.monotonic() + this.#leaseMs)
        this.#take(name, own)
      },
      moves: async (rooms) => {
        this.#check()
        return rooms.map(({ room, version }) => this.#movesOf(name, room, version))
      },
      beat: async () => {
        this.#check()
        return this.#beat(name)
      },
      onMoved: (hear) => {
        subscribers.moved = hear
      },
      onGap: (gap) => {
        subscribers.gap = gap
      },
      leave: async () => {
        this.#check()
        this.#end(name, name)
      },
    }
  }

  #check(): void {
    if (this.#reach === 'away') throw new StoreUnavailable('the place is away')
  }

  #take(node: string, published: readonly OwnPresence[], publisher = node): void {
    for (const own of published) {
      const isSame = (entry: Entry) => entry.own.room === own.room && entry.own.user === own.user
      this.#entries = this.#entries.filter((entry) => !(entry.node === node && isSame(entry)))
      if (own.connections > 0) this.#entries.push({ node, own })
      this.#moves.push({ room: own.room, user: own.user })
    }
    const rooms = [...new Set(published.map(({ room }) => room))]
    for (const [name, { moved }] of this.#nodes) if (name !== publisher) moved(rooms)
  }

  #movesOf(node: string, room: string, version: string | null): RoomMoves {
    const [incarnation, count] = (version ?? '').split(' ')
    const isKnown = incarnation === String(this.#incarnation)
    const moved = isKnown ? this.#moves.slice(Number(count)).filter((move) => move.room === room) : []
    const all = this.#entries.filter(({ own }) => own.room === room).map(({ own }) => own)
    const users = [...new Set((isKnown ? moved : all).map(({ user }) => user))]
    return {
      room,
      version: `${this.#incarnation} ${this.#moves.length}`,
      extent: isKnown ? 'moved' : 'all',
      users: users.map((user) => this.#elsewhere(node, room, user)),
    }
  }

  #elsewhere(node: string, room: string, user: string): ElsewherePresence {
    const others = this.#entries.filter(
      (each) => each.node !== node && each.own.room === room && each.own.user === user,
    )
    const [latest] = others.filter(({ own }) => own.state !== null).sort((a, b) => b.own.stateAt - a.own.stateAt)
    return {
      user,
      connections: others.reduce((sum, { own }) => sum + own.connections, 0),
      since: others.length === 0 ? 0 : Math.min(...others.map(({ own }) => own.since)),
      state: latest?.own.state ?? null,
      stateAt: latest?.own.stateAt ?? 0,
    }
  }

  #beat(node: string): 'kept' | 'lost' {
    const now = this.#clock.monotonic()
    const known = this.#alive.get(node)
    this.#alive.set(node, now + this.#leaseMs)
    for (const [name, until] of [...this.#alive]) if (until <= now) this.#end(name, '')
    return known !== undefined && known > now ? 'kept' : 'lost'
  }

  #end(node: string, publisher: string): void {
    this.#alive.delete(node)
    const left = this.#entries.filter((entry) => entry.node === node)
    this.#take(
      node,
      left.map(({ own }) => ({ ...own, connections: 0, state: null, stateAt: 0 })),
      publisher,
    )
  }
}
