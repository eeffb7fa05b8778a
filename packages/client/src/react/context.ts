import { createContext, useContext, useSyncExternalStore } from 'react'
import type { Client, ClientState } from '../client.ts'

const ClientContext = createContext<Client | null>(null)

/** Gives a client to all hooks below it. The client's life stays the application's: it isn't closed here. */
export const ClientProvider = ClientContext.Provider

/** The client of the nearest `ClientProvider`. */
export function useClient(): Client {
  const client = useContext(ClientContext)
  if (client === null) throw new Error('useClient needs a ClientProvider above it')
  return client
}

/** The connection's state, as it changes. */
export function useConnection(): ClientState {
  const client = useClient()
  return useSyncExternalStore(
    (listener) => client.subscribe(listener),
    () => client.getSnapshot(),
    () => client.getSnapshot(),
  )
}
