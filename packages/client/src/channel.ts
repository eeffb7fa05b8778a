import type {
  AnyTypes,
  ChannelDescription,
  ChannelName,
  CollectionsOf,
  Followed,
  FollowOptions,
  PutChannel,
  Signal,
} from 'dovetail-protocol'
import { isChannelName } from 'dovetail-protocol/names'
import type { Stop } from './base/clock.ts'
import { DovetailError } from './base/errors.ts'
import { channelPath } from './base/rest.ts'
import { type Collection, openCollection } from './collection.ts'
import type { Engine } from './live/engine.ts'
import { openPresence, type PresenceView } from './live/presence.ts'

/** A handle on a channel: cheap, opens nothing by itself. */
export interface Channel<Types = AnyTypes, Name extends string = string> {
  readonly name: ChannelName<Types, Name>
  describe(): Promise<ChannelDescription>
  /** Creates the channel, or keeps it where it exists. */
  create(options?: PutChannel): Promise<ChannelDescription>
  remove(): Promise<void>
  collection<Key extends keyof CollectionsOf<Types, Name> & string>(
    name: Key,
  ): Collection<CollectionsOf<Types, Name>[Key]>
  /** Sends a signal to the clients that listen now. It is not stored, and is lost without a listener or an open connection. */
  signal(type: string, data: unknown): Promise<void>
  onSignal(listener: (signal: Signal) => void): Stop
  presence(): PresenceView
  /**
   * Gives the changes of all collections of the channel, range after range, over any transport. Starts with the
   * first `next`. Throws a `DovetailError` when it cannot go on.
   */
  follow(options?: FollowOptions): AsyncGenerator<Followed, void>
}

export function openChannel<Types, Name extends string>(
  engine: Engine,
  name: ChannelName<Types, Name>,
): Channel<Types, Name> {
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
      const command = { op: 'signal', channel: name, type, data } as const
      if (link?.send && network.limits.fitsMessage(command)) link.post(command)
      else await network.rest.ask('POST', `${path}/signals`, { body: { type, data } })
    },
    onSignal: (listener) => subscriptions.of(name).add({ signals: true, signal: listener }),
    presence: () => openPresence(subscriptions.of(name), connection),
    async *follow(options = {}) {
      yield* (await import('./live/follow.ts')).follow(engine, name, options)
    },
  }
}
