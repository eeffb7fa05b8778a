/** A channel for the application's own code. */
import type { CollectionsOf, Followed, FollowOptions, PutChannel } from 'dovetail-protocol'
import type { Caller } from '../core/access/caller.ts'
import type { Description } from '../core/read/channels.ts'
import type { FollowContext } from '../core/read/context.ts'
import { deleteChannel, openChannel as makeChannel } from '../core/write/channels.ts'
import type { ManageContext, SignalContext } from '../core/write/context.ts'
import { signal } from '../core/write/signal.ts'
import { type Collection, type CollectionContext, openCollection } from './collection.ts'
import { follow } from './follow.ts'

export type ChannelContext = CollectionContext & FollowContext & SignalContext & ManageContext

/** A handle on a channel: cheap, opens nothing by itself. */
export interface Channel<Types, Name extends string> {
  readonly name: Name
  /** Makes the channel, or keeps it where it exists. Only private channels have to be made before they are written to. */
  create(options?: PutChannel): Promise<Description>
  /** Deletes the channel with its records; its readers are told. */
  remove(): Promise<void>
  collection<Key extends keyof CollectionsOf<Types, Name> & string>(
    name: Key,
  ): Collection<CollectionsOf<Types, Name>[Key]>
  /** Sends a signal to the clients that listen now. It is not stored. `data`: any JSON. */
  signal(type: string, data: unknown): Promise<void>
  /** Gives the changes of all collections of the channel, range after range. Starts with the first `next`. */
  follow(options?: FollowOptions): AsyncGenerator<Followed, void>
}

export function openChannel<Types, Name extends string>(
  core: ChannelContext,
  caller: Caller,
  name: Name,
): Channel<Types, Name> {
  return {
    name,
    create: async (options = {}) => (await makeChannel(core, caller, name, null, () => options)).channel,
    remove: async () => void (await deleteChannel(core, caller, name)),
    collection: (collection) => openCollection(core, caller, name, collection),
    signal: (type, data) => signal(core, caller, name, () => ({ type, data })),
    follow: (options = {}) => follow(core, caller, name, options),
  }
}
