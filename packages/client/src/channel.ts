import type { ChannelDescription, PresentUser, PutChannel, Signal } from '@dovetail/protocol'
import type { Stop } from './clock.ts'
import type { Collection } from './collection.ts'
import type { AnyTypes, CollectionsOf } from './types.ts'

/** Who is in a channel now. While the handle is open, the caller is present too. */
export interface PresenceView {
  /** Users, once each. Immutable; the same array until something changes. */
  readonly users: readonly PresentUser[]
  getSnapshot(): readonly PresentUser[]
  subscribe(listener: () => void): Stop
  /** What others see of the caller. Kept over reconnects while the handle is open. */
  setState(state: unknown): void
  close(): void
}

/** A handle on a channel: cheap, opens nothing by itself. */
export interface Channel<Types = AnyTypes, Name extends string = string> {
  readonly name: Name
  describe(): Promise<ChannelDescription>
  /** Creates the channel, or keeps it where it exists. */
  create(options?: PutChannel): Promise<ChannelDescription>
  remove(): Promise<void>
  collection<Key extends keyof CollectionsOf<Types, Name> & string>(
    name: Key,
  ): Collection<CollectionsOf<Types, Name>[Key]>
  /** To whoever listens now; lost where nobody does or no connection is open. */
  signal(type: string, data: unknown): Promise<void>
  onSignal(listener: (signal: Signal) => void): Stop
  presence(): PresenceView
}
