import { guestIdentity, type Profile } from 'dovetail-protocol'
import { useSyncExternalStore } from 'react'
import { useSession } from '../session/session-context.ts'

const guestPrefix = 'guest-'

/** A user's public profile; until it is loaded, what the id says: a guest's first name is made of it. */
export function useProfile(user: string): Profile {
  const { profiles } = useSession()
  const profile = useSyncExternalStore(profiles.subscribe, () => profiles.get(user))
  return profile ?? expectedProfile(user)
}

function expectedProfile(user: string): Profile {
  const guest = user.startsWith(guestPrefix)
  return { user, name: guest ? guestIdentity(user).name : user, guest }
}
