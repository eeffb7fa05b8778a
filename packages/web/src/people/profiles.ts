import type { Profile } from '@dovetail/protocol'
import type { AppClient } from '../session/app-client.ts'
import { createTurns } from './turns.ts'

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
  const listeners = new Set<() => void>()
  const turn = createTurns(atOnce)

  const learn = (profile: Profile) => {
    known.set(profile.user, profile)
    asked.add(profile.user)
    for (const listener of listeners) listener()
  }
  // One that can't be read is shown by its id; it is asked for again when the page is opened anew.
  const load = (user: string) => client.user(user).then(learn, () => undefined)

  return {
    get(user) {
      const profile = known.get(user) ?? null
      if (profile === null && !asked.has(user)) {
        asked.add(user)
        turn(() => load(user))
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
