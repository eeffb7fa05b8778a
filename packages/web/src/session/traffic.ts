import type { Client, TraceEvent } from 'dovetail-client'
import { parseCursor } from 'dovetail-protocol'

/** A frame that was sent or received, numbered from 1. */
export interface SeenFrame extends TraceEvent {
  readonly number: number
}

export interface TrafficSnapshot {
  /** The last 50, oldest first. */
  readonly frames: readonly SeenFrame[]
  /** How often the connection was lost since the page was opened. */
  readonly lost: number
  /** Changes made while the connection was lost that arrived after it returned. */
  readonly caughtUp: number
  /** The last revision received, by channel. */
  readonly revisions: ReadonlyMap<string, number>
}

type TracedClient = Pick<Client, 'trace' | 'subscribe' | 'getSnapshot'>

const keptFrames = 50

interface ChangesFrame {
  channel: string
  to: number
  changes: { record: { updatedAt?: string } }[]
}

function readChanges(frame: unknown): ChangesFrame | null {
  if (typeof frame !== 'object' || frame === null) return null
  const { channel, to, changes } = frame as Partial<ChangesFrame>
  if (typeof channel !== 'string' || typeof to !== 'number' || !Array.isArray(changes)) return null
  return { channel, to, changes }
}

/** The position in the reply to `subscribe`, before any change. */
function readSubscribeReply(frame: unknown): { channel: string; revision: number } | null {
  if (typeof frame !== 'object' || frame === null || !('ok' in frame)) return null
  const { channel, cursor } = frame.ok as { channel?: string; cursor?: string }
  if (channel === undefined || cursor === undefined) return null
  return { channel, revision: parseCursor(cursor)?.rev ?? 0 }
}

const pathOfChannel = /^\/v1\/channels\/([^/]+)\//

/** The position in a page of records, or in the reply to a poll. */
function readPage(frame: unknown): { channel: string; revision: number } | null {
  if (typeof frame !== 'object' || frame === null) return null
  const { path, body } = frame as { path?: string; body?: { cursor?: string } | null }
  const channel = pathOfChannel.exec(path ?? '')?.[1]
  const cursor = parseCursor(body?.cursor ?? '')
  return channel === undefined || cursor === null
    ? null
    : { channel: decodeURIComponent(channel), revision: cursor.rev }
}

/** The time in the reply to `hello` or `ping`. */
function readServerTime(frame: unknown): number | null {
  if (typeof frame !== 'object' || frame === null || !('ok' in frame)) return null
  const { serverTime } = frame.ok as { serverTime?: string }
  return serverTime === undefined ? null : Date.parse(serverTime)
}

export interface TrafficOptions {
  /** Milliseconds since 1970. */
  now: () => number
  /** Runs a task before the next animation frame: a fast channel must not render the footer 1,000 times a second. */
  beforeNextFrame: (task: () => void) => void
}

/** Records what passes on a client's connection, for the status line and the frame inspector. */
export class Traffic {
  readonly #client: TracedClient
  readonly #options: TrafficOptions
  readonly #listeners = new Set<() => void>()
  readonly #revisions = new Map<string, number>()
  #frames: SeenFrame[] = []
  #count = 0
  #lost = 0
  #caughtUp = 0
  #wasOpen = false
  #lostAt: number | null = null
  #openedAt: number | null = null
  #serverClockOffsetMs = 0
  #notifying = false
  #snapshot: TrafficSnapshot | null = null

  constructor(client: TracedClient, options: TrafficOptions) {
    this.#client = client
    this.#options = options
    client.trace((event) => this.#onTrace(event))
    client.subscribe(() => this.#onState())
  }

  /** The server's clock minus this one, in ms, from its replies. */
  get serverClockOffsetMs(): number {
    return this.#serverClockOffsetMs
  }

  // Arrow functions, since React calls them without `this`.
  readonly getSnapshot = (): TrafficSnapshot => {
    this.#snapshot ??= {
      frames: this.#frames,
      lost: this.#lost,
      caughtUp: this.#caughtUp,
      revisions: new Map(this.#revisions),
    }
    return this.#snapshot
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  #onTrace(event: TraceEvent): void {
    this.#count++
    this.#frames = [...this.#frames.slice(1 - keptFrames), { ...event, number: this.#count }]
    if (event.direction === 'down') this.#onDownFrame(event)
    this.#notify()
  }

  #onDownFrame({ frame, at }: TraceEvent): void {
    const serverTime = readServerTime(frame)
    if (serverTime !== null) this.#serverClockOffsetMs = serverTime - at
    const subscribed = readSubscribeReply(frame)
    if (subscribed !== null) this.#revisions.set(subscribed.channel, subscribed.revision)
    // Without a WebSocket, only a page says at which revision a reader begins.
    const page = readPage(frame)
    if (page !== null) this.#reach(page.channel, page.revision)
    const frameChanges = readChanges(frame)
    if (frameChanges === null) return
    const { channel, to, changes } = frameChanges
    this.#reach(channel, to)
    this.#caughtUp += changes.filter(({ record }) => this.#wasMissed(record.updatedAt)).length
  }

  #reach(channel: string, revision: number): void {
    this.#revisions.set(channel, Math.max(revision, this.#revisions.get(channel) ?? 0))
  }

  /** Whether a change was written between the loss and the return. A tombstone has no time and is not counted. */
  #wasMissed(updatedAt: string | undefined): boolean {
    if (updatedAt === undefined || this.#lostAt === null || this.#openedAt === null) return false
    const at = Date.parse(updatedAt) - this.#serverClockOffsetMs
    return at >= this.#lostAt && at < this.#openedAt
  }

  #onState(): void {
    const { name } = this.#client.getSnapshot()
    const lost = name === 'waiting' || name === 'offline'
    if (this.#wasOpen && lost) {
      this.#lost++
      this.#lostAt = this.#options.now()
    }
    if (!this.#wasOpen && name === 'open') this.#openedAt = this.#options.now()
    // `connecting` lies between two states: it is neither a loss nor a return.
    if (lost || name === 'open') this.#wasOpen = name === 'open'
    this.#notify()
  }

  #notify(): void {
    if (this.#notifying) return
    this.#notifying = true
    this.#options.beforeNextFrame(() => {
      this.#notifying = false
      this.#snapshot = null
      for (const listener of this.#listeners) listener()
    })
  }
}
