export interface Typists {
  /** Users who are writing now, in the order in which they began. */
  list(): readonly string[]
  /** A user said that they are writing, or no longer. */
  hear(user: string, typing: boolean): void
  subscribe(listener: () => void): () => void
  stop(): void
}

export interface TypistsOptions {
  /** Runs a task once after some milliseconds; returns its stop. */
  after: (ms: number, task: () => void) => () => void
}

const silenceMs = 5000 // longer than the 3 s between two signals, so that one lost signal does not flicker

/** Who is writing; one of whom nothing is heard for 5 s is not. */
export function createTypists({ after }: TypistsOptions): Typists {
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
    hear(user, typing) {
      if (!typing) return forget(user)
      const known = stops.has(user)
      stops.get(user)?.()
      stops.set(
        user,
        after(silenceMs, () => forget(user)),
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
