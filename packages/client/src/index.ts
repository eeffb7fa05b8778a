export { createClient } from './client.ts'
export type { Channel, PresenceView } from './channel.ts'
export type {
  ChannelsOptions,
  Client,
  ClientOptions,
  ClientState,
  ConnectionState,
  MyChannel,
  OutboxStorage,
  SearchHit,
  SearchOptions,
  SearchPage,
  TraceEvent,
  TransportName,
} from './client.ts'
export type { Clock, Stop } from './clock.ts'
export type { Collection, ListOptions, WriteOptions } from './collection.ts'
export { DovetailError, type ErrorCode } from './errors.ts'
export type { LiveEntry, LiveOptions, LiveSnapshot, LiveState, LiveView, UnsettledEntry } from './live-view.ts'
export type { AnyData, AnyTypes, MergePatch } from './types.ts'
