import { useConnection } from '@dovetail/client/react'
import { useSession } from './session-context.ts'

/** The visitor's user id: what the server says, before that what the stored token was made for; null at a first visit. */
export function useMe(): string | null {
  const { guest } = useSession()
  const { user } = useConnection()
  return user ?? guest.user()
}
