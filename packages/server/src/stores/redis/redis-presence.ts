import { randomUUID } from 'node:crypto'
import type { ElsewherePresence, OwnPresence, PresenceStore, RoomMoves } from '../../ports/presence.ts'
import { listOf, type Reply } from './packed-row.ts'
import type { RedisDatabase } from './redis-database.ts'
import { beatScript, leaveScript, movesScript, publishScript } from './scripts/presence.ts'

/** The limit of entries in one call of a script. */
const atOnce = 200

/** The presence of one node's users in Redis. Each node has one lease: its users are removed when it expires. */
export class RedisPresence implements PresenceStore {
  readonly #database: RedisDatabase
  readonly #leaseMs: number
  readonly #node = randomUUID()
  #onMoved: (rooms: readonly string[]) => void = () => {}

  static async open(database: RedisDatabase, leaseMs: number): Promise<RedisPresence> {
    const presence = new RedisPresence(database, leaseMs)
    await database.subscribe('moved', (message) => {
      const [node, ...rooms] = message.split(' ')
      if (node !== presence.#node) presence.#onMoved(rooms)
    })
    return presence
  }

  private constructor(database: RedisDatabase, leaseMs: number) {
    this.#database = database
    this.#leaseMs = Math.ceil(leaseMs)
  }

  async publish(own: readonly OwnPresence[]): Promise<void> {
    for (let from = 0; from < own.length; from += atOnce) {
      const args = own
        .slice(from, from + atOnce)
        .flatMap(({ room, user, connections, since, state, stateAt }) => [
          room,
          user,
          String(connections),
          String(since),
          String(stateAt),
          state === null ? '' : state,
        ])
      await this.#database.call(publishScript, [this.#database.run, this.#node, String(this.#leaseMs), ...args])
    }
  }

  async moves(
    rooms: readonly { readonly room: string; readonly version: string | null }[],
  ): Promise<readonly RoomMoves[]> {
    const { incarnation } = this.#database
    const found: RoomMoves[] = []
    for (let from = 0; from < rooms.length; from += atOnce) {
      const part = rooms.slice(from, from + atOnce)
      const args = part.flatMap(({ room, version }) => [room, countOf(version, incarnation)])
      const [now, ...replies] = listOf((await this.#database.call(movesScript, [this.#node, ...args])) as Reply)
      for (const [index, { room }] of part.entries()) {
        const [extent, ...users] = listOf(replies[index])
        const whole = extent === 'all' ? 'all' : 'moved'
        found.push({ room, version: `${incarnation} ${now}`, extent: whole, users: usersOf(users) })
      }
    }
    return found
  }

  async beat(): Promise<'kept' | 'lost'> {
    const reply = await this.#database.call(beatScript, [this.#database.run, this.#node, String(this.#leaseMs)])
    return reply === 1 ? 'kept' : 'lost'
  }

  onMoved(listener: (rooms: readonly string[]) => void): void {
    this.#onMoved = listener
  }

  onGap(listener: () => void): void {
    this.#database.onUp(listener)
  }

  async leave(): Promise<void> {
    while ((await this.#database.call(leaveScript, [this.#database.run, this.#node])) === 1);
  }
}

function countOf(version: string | null, incarnation: string): string {
  const [before, count] = (version ?? '').split(' ')
  return before === incarnation && count !== undefined ? count : ''
}

function usersOf(flat: readonly Reply[]): readonly ElsewherePresence[] {
  const users: ElsewherePresence[] = []
  for (let index = 0; index < flat.length; index += 4) {
    const held = flat[index + 3] ?? null
    const text = held === null ? '' : String(held)
    const at = text.indexOf(' ')
    users.push({
      user: String(flat[index]),
      connections: Number(flat[index + 1]),
      since: Number(flat[index + 2]),
      state: text === '' ? null : text.slice(at + 1),
      stateAt: text === '' ? 0 : Number(text.slice(0, at)),
    })
  }
  return users
}
