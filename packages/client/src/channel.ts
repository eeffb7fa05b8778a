import type { ChannelDescription, PutChannel, Signal } from '@dovetail/protocol'
import { isChannelName } from '@dovetail/protocol/names'
import type { Stop } from './clock.ts'
import { type Collection, openCollection } from './collection.ts'
import type { Engine } from './engine.ts'
import { DovetailError } from './errors.ts'
import type { Followed, FollowOptions } from './follow.ts'
import { openPresence, type PresenceView } from './presence.ts'
import { channelPath } from './rest.ts'
import type { AnyTypes, CollectionsOf } from './types.ts'

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
  /**
   * What changes in the channel, in all its collections, range after range, over any transport; it begins with the
   * first `next`. Throws a `DovetailError` where it can't go on.
   */
  follow(options?: FollowOptions): AsyncGenerator<Followed, void>
}

export function openChannel<Types, Name extends string>(engine: Engine, name: Name): Channel<Types, Name> {
  if (!isChannelName(name)) throw new DovetailError('invalid_name', `"${name}"`, { status: 400 })
  const path = channelPath(name)
  const { network, connection, subscriptions } = engine
  return {
    name,
    describe: () => network.rest.get<ChannelDescription>(path),
    create: async (options = {}) => (await network.rest.ask('PUT', path, { body: options })).body as ChannelDescription,
    remove: async () => void (await network.rest.ask('DELETE', path)),
    collection: (collection) => openCollection(engine, name, collection),
    async signal(type, data) {
      const link = connection.open
      if (link?.send) link.post({ op: 'signal', channel: name, type, data })
      else await network.rest.ask('POST', `${path}/signals`, { body: { type, data } })
    },
    onSignal: (listener) => subscriptions.of(name).add({ signals: true, signal: listener }),
    presence: () => openPresence(subscriptions.of(name), connection),
    async *follow(options = {}) {
      yield* (await import('./follow.ts')).follow(engine, name, options)
    },
  }
}
