import { useSession } from './session-context.ts'
import { useClientState } from './use-client-state.ts'

/** The visitor's user id: what the server says, before that what the stored token was made for; null at a first visit. */
export function useMe(): string | null {
  const { guest } = useSession()
  const { user } = useClientState()
  return user ?? guest.user()
}
