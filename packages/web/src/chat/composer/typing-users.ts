export interface TypingUsers {
  /** Users who are typing, in the order in which they began. */
  list(): readonly string[]
  /** A user signalled that they are typing, or stopped. */
  update(user: string, typing: boolean): void
  subscribe(listener: () => void): () => void
  stop(): void
}

export interface TypingUsersOptions {
  /** Runs a task after a delay in ms; returns a function that cancels it. */
  after: (ms: number, task: () => void) => () => void
}

const quietMs = 5000 // longer than the 3 s between two signals, so that one lost signal does not flicker

/** Users who are typing. A user without a signal for 5 s is removed. */
export function createTypingUsers({ after }: TypingUsersOptions): TypingUsers {
  const stops = new Map<string, () => void>()
  const listeners = new Set<() => void>()
  let snapshot: readonly string[] = []

  const changed = () => {
    snapshot = [...stops.keys()]
    for (const listener of listeners) listener()
  }
  const forget = (user: string) => {
    stops.get(user)?.()
    if (stops.delete(user)) changed()
  }

  return {
    list: () => snapshot,
    update(user, typing) {
      if (!typing) return forget(user)
      const known = stops.has(user)
      stops.get(user)?.()
      stops.set(
        user,
        after(quietMs, () => forget(user)),
      )
      if (!known) changed()
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    stop() {
      for (const stop of stops.values()) stop()
      stops.clear()
      changed()
    },
  }
}
