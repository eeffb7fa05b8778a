/** What the four transports share: a `Link` carries every subscription of a client over one connection. */
import type { DownEvent, SubscribeOk, Up } from '@dovetail/protocol'
import type { DovetailError } from '../errors.ts'
import type { Network } from '../network.ts'

export type TransportName = 'websocket' | 'sse' | 'long-poll' | 'poll'

/** A member that is undefined is none. */
export interface SubscribeRequest {
  readonly channel: string
  /** Resume from this cursor; without it, from `last`, or from now. */
  readonly after?: string | undefined
  /** Newest records of these collections, for a first page or after a reset. */
  readonly last?: Record<string, number> | undefined
  readonly presence?: true | undefined
  readonly signals?: true | undefined
}

/**
 * Why a link ended. `refused`: it never opened · `silent`: it opened and nothing passed · `died`: it was cut ·
 * `told`: the server said so and why. The first three may be the transport's own fault, the last never is.
 */
export interface Loss {
  readonly how: 'refused' | 'silent' | 'died' | 'told'
  readonly next: 'retry' | 'fresh_token' | 'denied' | 'fatal'
  readonly error: DovetailError
  /** At least so long before the next try. */
  readonly delayMs?: number
}

export interface LinkEvents {
  /** Subscribes may be sent from here on. */
  ready(): void
  /** The server answered and accepts the caller. */
  opened(user: string | null): void
  frame(frame: DownEvent): void
  subscribed(request: SubscribeRequest, ok: SubscribeOk): void
  refused(request: SubscribeRequest, error: DovetailError): void
  measured(rttMs: number): void
  /** The cursor that is reached in a channel, for transports that ask again and again. */
  cursorOf(channel: string): string | null
  /** Once; nothing follows it. Not called after `close`. */
  lost(loss: Loss): void
}

/** What may lack a member may have one that is undefined: in JSON it is none. */
type Loose<Fields> = {
  [Name in keyof Fields]: object extends Pick<Fields, Name> ? Fields[Name] | undefined : Fields[Name]
}

/** A command without the id that the link gives it. */
export type Command = Up extends infer Each ? (Each extends Up ? Loose<Omit<Each, 'id'>> : never) : never

export interface Link {
  readonly name: TransportName
  /** Sends a command and gives its `ok`; null where commands go by REST. Rejects with a `DovetailError`. */
  readonly send: ((command: Command) => Promise<unknown>) | null
  /** Sends without waiting for a reply: a signal, a presence state. */
  post(command: Command): void
  subscribe(request: SubscribeRequest): void
  unsubscribe(channel: string): void
  /** Puts a fresh token to use. */
  refresh(): void
  /** Asks for a sign of life; the link is lost if none comes. */
  probe(): void
  close(code?: number, reason?: string): void
}

export type OpenLink = (network: Network, events: LinkEvents) => Link
