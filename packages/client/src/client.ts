import type { ChannelDescription, LiveRecord, Me, Profile } from '@dovetail/protocol'
import type { Channel } from './channel.ts'
import type { Clock, Stop } from './clock.ts'
import type { DovetailError } from './errors.ts'
import type { AnyTypes } from './types.ts'

export type TransportName = 'websocket' | 'sse' | 'long-poll' | 'poll'

/** The part of the Web Storage interface that the outbox needs. */
export interface OutboxStorage {
  readonly length: number
  key(index: number): string | null
  getItem(key: string): string | null
  setItem(key: string, value: string): void
  removeItem(key: string): void
}

export interface ClientOptions {
  /** Where the server is. Default: the page's origin. */
  readonly url?: string
  readonly token?: string
  /** Asked for a valid token at the start, and again when the server refuses or the token expires. */
  readonly getToken?: () => Promise<string | null>
  /** Default `auto`: the best that works here. */
  readonly transport?: TransportName | 'auto'
  /** Keeps unacknowledged writes. Default: `localStorage` where there is one; null keeps them in memory. */
  readonly storage?: OutboxStorage | null
  readonly fetch?: typeof globalThis.fetch
  readonly WebSocket?: typeof globalThis.WebSocket
  readonly clock?: Clock
  /** 0 ≤ n < 1, for back-off. */
  readonly random?: () => number
}

/**
 * idle: nothing is followed, so nothing is connected · waiting: lost, next try at `retryAt` (ms since the
 * Unix epoch) · offline: the device says that it has no network · auth_failed: the server refused the
 * caller, final until `signIn` · closed: by `close`, or by a refusal after which trying again is no use.
 */
export type ConnectionState =
  | { readonly name: 'idle' | 'connecting' | 'open' | 'offline' }
  | { readonly name: 'waiting'; readonly retryAt: number }
  | { readonly name: 'auth_failed'; readonly error: DovetailError }
  | { readonly name: 'closed'; readonly error: DovetailError | null }

/** Immutable; the same object until something changes. */
export type ClientState = ConnectionState & {
  /** The one in use, or the one to be tried next. */
  readonly transport: TransportName
  /** The last measured round trip. */
  readonly rttMs: number | null
  readonly lastError: DovetailError | null
  /** Who the server says the caller is; null before it was told, and for an anonymous reader. */
  readonly user: string | null
}

/** One frame, request or reply, as it passed. For a debug view. */
export interface TraceEvent {
  readonly direction: 'up' | 'down'
  readonly over: TransportName | 'rest'
  /** ms since the Unix epoch. */
  readonly at: number
  readonly frame: unknown
}

export interface SearchOptions {
  readonly channel?: string
  readonly collection?: string
  readonly limit?: number
  readonly after?: string
  readonly signal?: AbortSignal
}
export interface SearchHit<Data = Record<string, unknown>> {
  readonly channel: string
  readonly collection: string
  readonly record: LiveRecord<Data>
  /** `marks` are [from, to) offsets into `text`. */
  readonly snippet: { readonly text: string; readonly marks: readonly (readonly [number, number])[] }
}
export interface SearchPage {
  readonly hits: readonly SearchHit[]
  readonly after: string | null
}

/** One of the caller's channels. `unread` is capped at 100. */
export interface MyChannel {
  readonly channel: string
  readonly head: number
  readonly read: number
  readonly unread: number
}

export interface ChannelsOptions {
  readonly prefix?: string
  readonly limit?: number
  readonly after?: string
}

export interface Client<Types = AnyTypes> {
  readonly state: ClientState
  getSnapshot(): ClientState
  /** `listener` is called after each change of `state`. */
  subscribe(listener: () => void): Stop
  trace(listener: (event: TraceEvent) => void): Stop
  me(): Promise<Me>
  updateMe(patch: { name?: string; avatar?: string | null; about?: string | null }): Promise<Me>
  user(user: string): Promise<Profile>
  search(query: string, options?: SearchOptions): Promise<SearchPage>
  channels(options?: ChannelsOptions): Promise<{ channels: ChannelDescription[]; after: string | null }>
  myChannels(): Promise<MyChannel[]>
  markRead(channel: string, pos: number): Promise<void>
  limits(): Promise<Record<string, number>>
  channel<Name extends string>(name: Name): Channel<Types, Name>
  /** Goes on with this token; also out of `auth_failed`. */
  signIn(token: string): void
  /** Forgets the token and the unsent writes, and closes. */
  signOut(): void
  /** Leaves nothing behind: no timer, listener or socket. Unacknowledged writes stay in the storage. A code must be 1000 or 3000..4999. */
  close(code?: number, reason?: string): void
}

export declare function createClient<Types = AnyTypes>(options?: ClientOptions): Client<Types>
