import type { Profile } from '@dovetail/protocol'
import type { AppClient } from '../session/app-client.ts'

/** Public profiles by user id, each asked for once. */
export interface Profiles {
  /** Null until it is known; asking makes it be loaded. */
  get(user: string): Profile | null
  /** One that is known from elsewhere, as one's own after a change. */
  put(profile: Profile): void
  subscribe(listener: () => void): () => void
}

const atOnce = 2 // a page of 50 authors must not hold up the requests that a reader waits for

export function createProfiles(client: Pick<AppClient, 'user'>): Profiles {
  const known = new Map<string, Profile>()
  const asked = new Set<string>()
  const queue: string[] = []
  const listeners = new Set<() => void>()
  let underWay = 0

  const tell = () => {
    for (const listener of listeners) listener()
  }

  const next = () => {
    const user = underWay < atOnce ? queue.shift() : undefined
    if (user === undefined) return
    underWay++
    client
      .user(user)
      .then((profile) => {
        known.set(user, profile)
        tell()
      })
      // Shown by the id then; asked again when the page is opened anew.
      .catch(() => undefined)
      .finally(() => {
        underWay--
        next()
      })
  }

  return {
    get(user) {
      const profile = known.get(user)
      if (profile !== undefined) return profile
      if (!asked.has(user)) {
        asked.add(user)
        queue.push(user)
        // Not within the render that asks.
        queueMicrotask(next)
      }
      return null
    },
    put(profile) {
      known.set(profile.user, profile)
      asked.add(profile.user)
      tell()
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
