import type { Socket } from './socket.ts'

/** Who a socket believes to be here, after all its presence frames. */
export function present(socket: Socket, channel: string, snapshot: readonly { user: string }[] = []): string[] {
  const users = new Set(snapshot.map(({ user }) => user))
  for (const { join = [], leave = [], all } of socket.events('presence', channel)) {
    if (all !== undefined) users.clear()
    for (const { user } of [...(all ?? []), ...join]) users.add(user)
    for (const user of leave) users.delete(user)
  }
  return [...users].sort()
}
