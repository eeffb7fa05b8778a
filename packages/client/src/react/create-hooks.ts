import type { ChannelName, CollectionsOf, PresentUser, Signal } from 'dovetail-protocol'
import type { ReactElement } from 'react'
import type { Client, ClientState } from '../client.ts'
import type { LiveOptions } from '../live/live-view.ts'
import { ClientProvider, type ClientProviderProps, useClient, useConnection } from './context.tsx'
import { type Live, useLive } from './use-live.ts'
import { usePresence } from './use-presence.ts'
import { useSignal } from './use-signal.ts'

/** The provider and the hooks, typed by an application's channels. */
export interface Hooks<Types> {
  readonly ClientProvider: (props: ClientProviderProps<Types>) => ReactElement
  useClient(): Client<Types>
  useConnection(): ClientState
  /** The rows have the type of the collection. A namespace or a collection that `Types` does not have is an error. */
  useLive<Name extends string, Key extends keyof CollectionsOf<Types, Name> & string>(
    channel: ChannelName<Types, Name>,
    collection: Key,
    options?: LiveOptions,
  ): Live<CollectionsOf<Types, Name>[Key]>
  usePresence<Name extends string>(
    channel: ChannelName<Types, Name>,
  ): { users: readonly PresentUser[]; setState(state: unknown): void }
  useSignal<Name extends string>(
    channel: ChannelName<Types, Name>,
    listener?: (signal: Signal) => void,
  ): (type: string, data: unknown) => Promise<void>
}

/**
 * Gives the hooks the types of an application's channels, once for all components:
 * `export const { ClientProvider, useLive } = createHooks<ChannelTypes<typeof config>>()`.
 */
export function createHooks<Types>(): Hooks<Types> {
  return { ClientProvider, useClient, useConnection, useLive, usePresence, useSignal }
}
