import type { PresentUser } from 'dovetail-protocol'
import type { Stop } from '../base/clock.ts'
import { Listeners } from '../base/listeners.ts'
import type { Connection } from '../connection/connection.ts'
import type { Subscriber } from '../connection/subscriber.ts'
import type { Subscription } from '../connection/subscription.ts'

/** Who is in a channel now. While the handle is open, the caller is present too. */
export interface PresenceView {
  /** Users, once each. Immutable; the same array until something changes. */
  readonly users: readonly PresentUser[]
  getSnapshot(): readonly PresentUser[]
  subscribe(listener: () => void): Stop
  /** Sets the presence state that others see of the caller. Kept over reconnects while the handle is open. */
  setState(state: unknown): void
  close(): void
}

export function openPresence(subscription: Subscription, connection: Connection): PresenceView {
  const { present, channel } = subscription
  const listeners = new Listeners()
  const stop = present.changed.add(() => listeners.notify())
  let state: unknown
  const send = () => {
    if (state !== undefined && subscription.state.name === 'joined')
      connection.open?.post({ op: 'state', channel, state })
  }
  const reader: Subscriber = {
    presence: true,
    // The server does not know the presence state on a new connection.
    stateChanged: send,
  }
  const leave = subscription.add(reader)
  return {
    get users() {
      return present.users
    },
    getSnapshot: () => present.users,
    subscribe: (listener) => listeners.add(listener),
    setState(next) {
      JSON.stringify(next) // What can't be sent is refused here, not at some later reconnect.
      state = next
      send()
    },
    close() {
      stop()
      listeners.clear()
      leave()
    },
  }
}
