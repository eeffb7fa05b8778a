import type { LimitName } from 'dovetail-protocol'

/** Larger messages are sent by REST, so that one of them does not block the socket for long. */
const maxMessageBytes = 100_000
/** A message's `id` is added when it is sent. */
const idBytes = 32

/**
 * The server's limits, from its hello and `GET /v1/limits` (docs/protocol.md, LIM1). An operator may set a limit
 * lower than a default of this SDK, so every default of the SDK is capped here.
 */
export class ServerLimits {
  #limits: Readonly<Partial<Record<LimitName, number>>> = {}
  #known = false
  /** The largest message that proxies let through, although the server would accept a larger one. */
  #passableBytes = Number.POSITIVE_INFINITY
  /** The reader count that the server sent last, in a hello or with a stream or a long-poll; 0: it sent none. */
  readers = 0

  get known(): boolean {
    return this.#known
  }

  learn(limits: Readonly<Record<string, number>> | undefined): void {
    this.#limits = limits ?? {}
    this.#known = true
  }

  /** Takes the reader count that a stream or a long-poll is answered with. */
  countReaders(headers: Headers): void {
    this.readers = Number(headers.get('dovetail-readers')) || this.readers
  }

  /** The size of a page: `wanted`, at most the server's limit. */
  pageRecords(wanted: number): number {
    return this.#atMost('pageRecords', wanted)
  }

  /** How long a long-poll may wait, in seconds: `wanted`, at most the server's limit. */
  waitSeconds(wanted: number): number {
    return this.#atMost('waitSecondsMax', wanted)
  }

  /** How many channels one `GET /v1/changes` may name: `wanted`, at most the server's limit. */
  pollChannels(wanted: number): number {
    return this.#atMost('pollChannels', wanted)
  }

  /** How long the presence lease of a reader without a socket lasts, in seconds. */
  get presenceSeconds(): number {
    return this.#limits.presenceSeconds ?? 30
  }

  /** Between two comments of an event stream, in seconds. */
  get commentSeconds(): number {
    return this.#limits.commentSeconds ?? 15
  }

  /** How long the server waits for a pong, or for anything else, in seconds. */
  get pongSeconds(): number {
    return this.#limits.pongSeconds ?? 5
  }

  /** Whether a command fits into a WebSocket message. A larger one is sent by REST. */
  fitsMessage(command: unknown): boolean {
    return messageBytes(JSON.stringify(command)) + idBytes <= this.#messageBytes
  }

  /** A message of this size was refused with close code 1009: messages of this size or more go by REST from now on. */
  refusedMessage(bytes: number): void {
    this.#passableBytes = Math.min(this.#passableBytes, bytes - 1)
  }

  get #messageBytes(): number {
    return Math.min(this.#atMost('messageBytes', maxMessageBytes), this.#passableBytes)
  }

  #atMost(name: LimitName, wanted: number): number {
    return Math.min(wanted, this.#limits[name] ?? wanted)
  }
}

/** UTF-8 bytes of a text. */
export function messageBytes(text: string): number {
  return new TextEncoder().encode(text).length
}
