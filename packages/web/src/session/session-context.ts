import { createContext, useContext } from 'react'
import type { AppClient } from './app-client.ts'
import type { Session } from './session.ts'

export const SessionContext = createContext<Session | null>(null)

export function useSession(): Session {
  const session = useContext(SessionContext)
  if (session === null) throw new Error('useSession is used outside of SessionContext')
  return session
}

export function useAppClient(): AppClient {
  return useSession().client
}
