/** A place for the presence of several nodes, in one process, with time and lease in the test's hands. */
import type { Clock } from './clock.ts'
import type { ElsewherePresence, OwnPresence, PresencePlace, RoomMoves } from './presence.ts'
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
  #states = new Map<string, string>()
  #moves: { readonly room: string; readonly user: string }[] = []
  #alive = new Map<string, number>()
  readonly #nodes = new Map<string, { moved: (rooms: readonly string[]) => void; doubt: () => void }>()
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
    for (const { doubt } of this.#nodes.values()) doubt()
  }

  /** It comes back without anything that it was told. */
  forget(): void {
    this.#entries = []
    this.#states = new Map()
    this.#moves = []
    this.#alive = new Map()
    this.#incarnation++
  }

  node(name: string): PresencePlace {
    const ears = { moved: (_rooms: readonly string[]) => {}, doubt: () => {} }
    this.#nodes.set(name, ears)
    return {
      tell: async (own) => {
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
        ears.moved = hear
      },
      onDoubt: (doubt) => {
        ears.doubt = doubt
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

  #take(node: string, told: readonly OwnPresence[], teller = node): void {
    for (const own of told) {
      const isSame = (entry: Entry) => entry.own.room === own.room && entry.own.user === own.user
      this.#entries = this.#entries.filter((entry) => !(entry.node === node && isSame(entry)))
      if (own.connections > 0) this.#entries.push({ node, own })
      const name = `${own.room} ${own.user}`
      if (!this.#entries.some(isSame)) this.#states.delete(name)
      else if (own.state !== null) this.#states.set(name, own.state)
      this.#moves.push({ room: own.room, user: own.user })
    }
    const rooms = [...new Set(told.map(({ room }) => room))]
    for (const [name, { moved }] of this.#nodes) if (name !== teller) moved(rooms)
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
    return {
      user,
      connections: others.reduce((sum, { own }) => sum + own.connections, 0),
      since: others.length === 0 ? 0 : Math.min(...others.map(({ own }) => own.since)),
      state: this.#states.get(`${room} ${user}`) ?? null,
    }
  }

  #beat(node: string): 'kept' | 'lost' {
    const now = this.#clock.monotonic()
    const known = this.#alive.get(node)
    this.#alive.set(node, now + this.#leaseMs)
    for (const [name, until] of [...this.#alive]) if (until <= now) this.#end(name, '')
    return known !== undefined && known > now ? 'kept' : 'lost'
  }

  #end(node: string, teller: string): void {
    this.#alive.delete(node)
    const left = this.#entries.filter((entry) => entry.node === node)
    this.#take(
      node,
      left.map(({ own }) => ({ ...own, connections: 0, state: null })),
      teller,
    )
  }
}
