import type { Profile } from 'dovetail-protocol'
import type { AppClient } from './app-client.ts'

/** Public profiles by user id, each requested once: all that one rendering needs in one request. */
export interface ProfileCache {
  /** Null until it is loaded; the first call loads it. */
  get(user: string): Profile | null
  /** Stores a profile that came another way, such as the reply to an edit of one's own. */
  put(profile: Profile): void
  subscribe(listener: () => void): () => void
}

/** The most users of one request. */
const atOnce = 100

export function createProfileCache(client: Pick<AppClient, 'users'>): ProfileCache {
  const known = new Map<string, Profile>()
  const asked = new Set<string>()
  const listeners = new Set<() => void>()
  let wanted: string[] = []

  const learn = (profile: Profile) => {
    known.set(profile.user, profile)
    asked.add(profile.user)
    for (const listener of listeners) listener()
  }
  const load = () => {
    const users = wanted
    wanted = []
    for (let from = 0; from < users.length; from += atOnce) {
      // Who has no profile, or can't be asked for, is shown by the id, and requested again after a reload.
      client.users(users.slice(from, from + atOnce)).then(
        (found) => found.users.forEach(learn),
        () => undefined,
      )
    }
  }

  return {
    get(user) {
      const profile = known.get(user) ?? null
      if (profile === null && !asked.has(user)) {
        asked.add(user)
        wanted.push(user)
        // Later, since the caller may be rendering, and asks for others in the same rendering.
        if (wanted.length === 1) queueMicrotask(load)
      }
      return profile
    },
    put: learn,
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
