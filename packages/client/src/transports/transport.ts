/** What the four transports share: a `Link` carries every subscription of a client over one connection. */
import type { DownEvent, SubscribeOk, Up } from 'dovetail-protocol'
import type { DovetailError } from '../base/errors.ts'
import type { ConnectionError } from './connection-error.ts'

export type TransportName = 'websocket' | 'sse' | 'long-poll' | 'poll'

/** A member that is undefined counts as absent. */
export interface SubscribeRequest {
  readonly channel: string
  /** Resume from this cursor; without it, from `last`, or from now. */
  readonly after?: string | undefined
  /** Newest records of these collections, for a first page or after a reset. */
  readonly last?: Record<string, number> | undefined
  readonly presence?: true | undefined
  readonly signals?: true | undefined
  /** What is appended to records may come in place of whole records. */
  readonly appends?: true | undefined
  /** A change that is traced comes with its trace. */
  readonly traces?: true | undefined
}

export interface LinkEvents {
  /** Subscribes may be sent from here on. */
  ready(): void
  /** The server answered and accepts the caller. */
  opened(user: string | null): void
  frame(frame: DownEvent): void
  subscribed(request: SubscribeRequest, ok: SubscribeOk): void
  refused(request: SubscribeRequest, error: DovetailError): void
  /** A round trip, in ms. */
  measured(rttMs: number): void
  /** The cursor reached in a channel, for transports that send repeated requests. */
  cursorOf(channel: string): string | null
  /** Called once, as the last event; not called after `close`. */
  lost(error: ConnectionError): void
}

/** Optional members may also be undefined, since JSON leaves them out. */
type Loose<Fields> = {
  [Name in keyof Fields]: object extends Pick<Fields, Name> ? Fields[Name] | undefined : Fields[Name]
}

/** A command without the id that the link gives it. */
export type Command = Up extends infer Each ? (Each extends Up ? Loose<Omit<Each, 'id'>> : never) : never

export interface Link {
  readonly name: TransportName
  /** Sends a command and resolves with its `ok`; null when commands go by REST. Rejects with a `DovetailError`. */
  readonly send: ((command: Command) => Promise<unknown>) | null
  /** Sends without waiting for a reply: a signal, a presence state. */
  post(command: Command): void
  subscribe(request: SubscribeRequest): void
  unsubscribe(channel: string): void
  /** Uses a fresh token. */
  refresh(): void
  /** Checks whether the connection is alive; the link is lost if no answer arrives. */
  probe(): void
  close(code?: number, reason?: string): void
}
