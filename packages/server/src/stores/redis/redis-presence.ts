import { randomUUID } from 'node:crypto'
import type { ElsewherePresence, OwnPresence, PresencePlace, RoomMoves } from '../../ports/presence.ts'
import type { RedisPlace } from '../../redis/redis-place.ts'
import { listOf, type Reply } from './packed-row.ts'
import { beatScript, leaveScript, movesScript, tellScript } from './scripts/presence.ts'

/** What one script is told at most. */
const atOnce = 200

/** The end of one node. The lease is one per node: its users live and end with it. */
export class RedisPresence implements PresencePlace {
  readonly #place: RedisPlace
  readonly #leaseMs: number
  readonly #node = randomUUID()
  #hear: (rooms: readonly string[]) => void = () => {}

  static async open(place: RedisPlace, leaseMs: number): Promise<RedisPresence> {
    const presence = new RedisPresence(place, leaseMs)
    await place.hear('moved', (message) => {
      const [node, ...rooms] = message.split(' ')
      if (node !== presence.#node) presence.#hear(rooms)
    })
    return presence
  }

  private constructor(place: RedisPlace, leaseMs: number) {
    this.#place = place
    this.#leaseMs = Math.ceil(leaseMs)
  }

  async tell(own: readonly OwnPresence[]): Promise<void> {
    for (let from = 0; from < own.length; from += atOnce) {
      const args = own
        .slice(from, from + atOnce)
        .flatMap(({ room, user, connections, since, state }) => [
          room,
          user,
          String(connections),
          String(since),
          state === null ? '' : state,
        ])
      await this.#place.call(tellScript, [this.#place.run, this.#node, String(this.#leaseMs), ...args])
    }
  }

  async moves(
    rooms: readonly { readonly room: string; readonly version: string | null }[],
  ): Promise<readonly RoomMoves[]> {
    const { incarnation } = this.#place
    const found: RoomMoves[] = []
    for (let from = 0; from < rooms.length; from += atOnce) {
      const part = rooms.slice(from, from + atOnce)
      const args = part.flatMap(({ room, version }) => [room, countOf(version, incarnation)])
      const [now, ...replies] = listOf((await this.#place.call(movesScript, [this.#node, ...args])) as Reply)
      for (const [index, { room }] of part.entries()) {
        const [extent, ...users] = listOf(replies[index])
        const whole = extent === 'all' ? 'all' : 'moved'
        found.push({ room, version: `${incarnation} ${now}`, extent: whole, users: usersOf(users) })
      }
    }
    return found
  }

  async beat(): Promise<'kept' | 'lost'> {
    const reply = await this.#place.call(beatScript, [this.#place.run, this.#node, String(this.#leaseMs)])
    return reply === 1 ? 'kept' : 'lost'
  }

  onMoved(hear: (rooms: readonly string[]) => void): void {
    this.#hear = hear
  }

  onDoubt(doubt: () => void): void {
    this.#place.onUp(doubt)
  }

  async leave(): Promise<void> {
    while ((await this.#place.call(leaveScript, [this.#place.run, this.#node])) === 1);
  }
}

function countOf(version: string | null, incarnation: string): string {
  const [before, count] = (version ?? '').split(' ')
  return before === incarnation && count !== undefined ? count : ''
}

function usersOf(flat: readonly Reply[]): readonly ElsewherePresence[] {
  const users: ElsewherePresence[] = []
  for (let index = 0; index < flat.length; index += 4) {
    const state = flat[index + 3] ?? null
    users.push({
      user: String(flat[index]),
      connections: Number(flat[index + 1]),
      since: Number(flat[index + 2]),
      state: state === null ? null : String(state),
    })
  }
  return users
}
