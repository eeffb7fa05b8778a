export type { Channel } from './channel.ts'
export {
  type ChannelsOptions,
  type Client,
  type ClientOptions,
  type ClientState,
  createClient,
  type MyChannel,
  type SearchHit,
  type SearchOptions,
  type SearchPage,
} from './client.ts'
export type { Clock, Stop } from './clock.ts'
export type { Collection, ListOptions, WriteOptions } from './collection.ts'
export { DovetailError, type ErrorCode } from './errors.ts'
export type { Followed, FollowOptions } from './follow.ts'
export type { LiveEntry, LiveOptions, LiveSnapshot, LiveState, LiveView, UnsettledEntry } from './live-view.ts'
export type { OutboxStorage } from './outbox-store.ts'
export type { PresenceView } from './presence.ts'
export type { TraceEvent } from './trace.ts'
export type { ConnectionState } from './transitions.ts'
export type { TransportName } from './transports/transport.ts'
export type { AnyData, AnyTypes, MergePatch } from './types.ts'
