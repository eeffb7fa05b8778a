import type { Presence, PresentUser } from 'dovetail-protocol'
import { Listeners } from '../base/listeners.ts'

/** The users who are present in one channel, kept up to date by `presence` frames. */
export class PresenceList {
  readonly changed = new Listeners()
  #users: readonly PresentUser[] = []

  get users(): readonly PresentUser[] {
    return this.#users
  }

  replace(users: readonly PresentUser[]): void {
    this.#users = users
    this.changed.notify()
  }

  apply(frame: Presence): void {
    const users = new Map((frame.all ?? this.#users).map((user) => [user.user, user]))
    for (const user of frame.leave ?? []) users.delete(user)
    for (const joined of frame.join ?? []) users.set(joined.user, joined)
    for (const { user, state } of frame.state ?? []) {
      const known = users.get(user)
      if (known === undefined) continue
      const { state: _before, ...bare } = known
      users.set(user, state === null ? bare : { ...bare, state })
    }
    this.replace([...users.values()])
  }
}
