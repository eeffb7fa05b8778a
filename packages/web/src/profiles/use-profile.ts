import type { Profile } from 'dovetail-protocol'
import { useSyncExternalStore } from 'react'
import { useSession } from '../session/session-context.ts'

/** A user's public profile; until it is loaded, one whose name is the id. */
export function useProfile(user: string): Pick<Profile, 'user' | 'name' | 'avatar' | 'about'> {
  const { profiles } = useSession()
  const profile = useSyncExternalStore(profiles.subscribe, () => profiles.get(user))
  return profile ?? { user, name: user }
}
