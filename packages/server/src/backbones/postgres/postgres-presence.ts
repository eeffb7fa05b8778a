import type { ElsewherePresence, OwnPresence, PresenceStore, RoomMoves } from '../../ports/presence.ts'
import { StoreUnavailable } from '../../ports/store.ts'
import type { LineRow, PostgresLine } from '../../postgres/postgres-line.ts'

/** The notification channel of PostgreSQL on which nodes hear in which rooms users moved. */
export const presenceChannel = 'dovetail_presence'

/** The limit of entries in one statement. */
const atOnce = 500

const publish = `SELECT dovetail.presence_publish($1, $2::interval, $3, $4::text[], $5::text[], $6::integer[],
  $7::bigint[], $8::text[], $9::bigint[])`
const beat = 'SELECT run, kept FROM dovetail.presence_beat($1, $2::interval)'
const leave = 'SELECT dovetail.presence_leave($1)'
const moves = `SELECT run, mark::text, number, is_whole, username, connections::text, since::text, state, state_at::text
  FROM dovetail.presence_moves($1, $2::text[], $3::xid8[])`

/**
 * The presence of one node's users in PostgreSQL. Each node has one lease: its users are removed when it expires. After a
 * crash of the database the tables are empty, which is another run: nothing of it is read before the node has taken a
 * lease in it, so that nobody is taken for gone who is only not published again yet.
 */
export class PostgresPresence implements PresenceStore {
  readonly #node: string
  readonly #line: PostgresLine
  readonly #lease: string
  /** Whether this node has, or had, a lease. */
  #isKnown = false
  /** The run in which it has its lease, or would have it; `null`: it has not heard of any yet. */
  #run: string | null = null
  #onMoved: (rooms: readonly string[]) => void = () => {}
  #onGap: () => void = () => {}

  constructor(parts: { readonly node: string; readonly line: PostgresLine; readonly leaseMs: number }) {
    this.#node = parts.node
    this.#line = parts.line
    this.#lease = `${Math.ceil(parts.leaseMs)} milliseconds`
  }

  async publish(own: readonly OwnPresence[]): Promise<void> {
    const latest = [...new Map(own.map((each) => [`${each.room} ${each.user}`, each])).values()]
    for (let from = 0; from < latest.length; from += atOnce) await this.#publishPart(latest.slice(from, from + atOnce))
  }

  async #publishPart(own: readonly OwnPresence[]): Promise<void> {
    const columns = [
      own.map(({ room }) => room),
      own.map(({ user }) => user),
      own.map(({ connections }) => connections),
      own.map(({ since }) => since),
      own.map(({ state, connections }) => (connections === 0 ? null : state)),
      own.map(({ state, stateAt, connections }) => (connections === 0 || state === null ? 0 : stateAt)),
    ]
    const [row] = await this.#line.query(publish, [this.#node, this.#lease, !this.#isKnown, ...columns])
    this.#isKnown = true
    if (row?.[0] !== true) throw new StoreUnavailable('the lease of this node has ended')
  }

  async moves(
    rooms: readonly { readonly room: string; readonly version: string | null }[],
  ): Promise<readonly RoomMoves[]> {
    const found: RoomMoves[] = []
    for (let from = 0; from < rooms.length; from += atOnce)
      found.push(...(await this.#movesOf(rooms.slice(from, from + atOnce))))
    return found
  }

  async #movesOf(rooms: readonly { readonly room: string; readonly version: string | null }[]): Promise<RoomMoves[]> {
    const [names, marks] = [rooms.map(({ room }) => room), rooms.map(({ version }) => this.#markOf(version))]
    const rows = await this.#line.query(moves, [this.#node, names, marks])
    const run = textOf(rows[0]?.[0])
    if (this.#run === null && run !== '') this.#run = run
    if (this.#run !== null && run !== this.#run)
      throw new StoreUnavailable('the database has lost who is present; the nodes publish it again')
    const found = rooms.map(({ room }) => ({ room, users: [] as ElsewherePresence[], extent: 'moved', mark: '' }))
    for (const [, mark, number, isWhole, ...user] of rows) {
      const entry = found[Number(number) - 1]
      if (entry === undefined) continue
      entry.mark = String(mark)
      if (isWhole !== false) entry.extent = 'all'
      if (user[0] !== null) entry.users.push(userOf(user))
    }
    return found.map(({ room, users, extent, mark }) => ({
      room,
      users,
      extent: extent === 'all' ? 'all' : 'moved',
      version: `${run} ${mark}`,
    }))
  }

  /** `null` where a version can't be continued. */
  #markOf(version: string | null): string | null {
    const [run, mark] = version?.split(' ') ?? []
    return mark !== undefined && (this.#run === null || run === this.#run) ? mark : null
  }

  async beat(): Promise<'kept' | 'lost'> {
    const [row] = await this.#line.query(beat, [this.#node, this.#lease])
    const run = textOf(row?.[0])
    const isSame = this.#run === null || this.#run === run
    this.#run = run
    this.#isKnown = true
    return row?.[1] === true && isSame ? 'kept' : 'lost'
  }

  /** The node that moved users, and the rooms. */
  receive(payload: string): void {
    const [node, ...rooms] = payload.split(' ')
    if (node !== this.#node) this.#onMoved(rooms)
  }

  /** Notifications may have been lost. */
  gap(): void {
    this.#onGap()
  }

  onMoved(listener: (rooms: readonly string[]) => void): void {
    this.#onMoved = listener
  }

  onGap(listener: () => void): void {
    this.#onGap = listener
  }

  async leave(): Promise<void> {
    while ((await this.#line.query(leave, [this.#node]))[0]?.[0] === true);
  }
}

function userOf([user, connections, since, state, stateAt]: LineRow): ElsewherePresence {
  return {
    user: String(user),
    connections: Number(connections),
    since: Number(since),
    state: state === null ? null : String(state),
    stateAt: Number(stateAt),
  }
}

function textOf(value: unknown): string {
  return value === null || value === undefined ? '' : String(value)
}
