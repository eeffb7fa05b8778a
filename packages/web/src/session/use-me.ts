import { useConnection } from 'dovetail-client/react'
import { useSession } from './session-context.ts'

/** The visitor's user id: from the server, before that from the stored token; null at a first visit. */
export function useMe(): string | null {
  const { guest } = useSession()
  const { user } = useConnection()
  return user ?? guest.user()
}
