import type { AnyTypes } from 'dovetail-protocol'
import { createContext, type ReactElement, type ReactNode, useContext, useSyncExternalStore } from 'react'
import type { Client, ClientState } from '../client.ts'

const ClientContext = createContext<Client | null>(null)

export interface ClientProviderProps<Types> {
  readonly value: Client<Types>
  readonly children?: ReactNode
}

/** Provides a client to all hooks below it. The application closes the client; the provider does not. */
export function ClientProvider<Types>({ value, children }: ClientProviderProps<Types>): ReactElement {
  // A context has one type, and types of channels exist for the compiler only: `createHooks` gives them back.
  return <ClientContext.Provider value={value as unknown as Client}>{children}</ClientContext.Provider>
}

/** The client of the nearest `ClientProvider`. `createHooks` gives it the types of the application's channels. */
export function useClient<Types = AnyTypes>(): Client<Types> {
  const client = useContext(ClientContext)
  if (client === null) throw new Error('useClient needs a ClientProvider above it')
  return client as unknown as Client<Types>
}

/** Returns the connection's state, and renders again when it changes. */
export function useConnection(): ClientState {
  const client = useClient()
  return useSyncExternalStore(
    (listener) => client.subscribe(listener),
    () => client.getSnapshot(),
    () => client.getSnapshot(),
  )
}
