import type { Client, TraceEvent } from '@dovetail/client'
import { parseCursor } from '@dovetail/protocol'

/** A frame that passed, numbered from 1. */
export interface SeenFrame extends TraceEvent {
  readonly number: number
}

export interface TrafficSnapshot {
  /** The last 50, oldest first. */
  readonly frames: readonly SeenFrame[]
  /** How often the connection was lost since the page was opened. */
  readonly lost: number
  /** Changes made while it was lost, and caught up since. */
  readonly healed: number
  /** The revision each channel is at here. */
  readonly revisions: ReadonlyMap<string, number>
}

type TracedClient = Pick<Client, 'trace' | 'subscribe' | 'getSnapshot'>

const keptFrames = 50

interface ChangesFrame {
  channel: string
  to: number
  changes: { record: { updatedAt?: string } }[]
}

function changesIn(frame: unknown): ChangesFrame | null {
  if (typeof frame !== 'object' || frame === null) return null
  const { channel, to, changes } = frame as Partial<ChangesFrame>
  if (typeof channel !== 'string' || typeof to !== 'number' || !Array.isArray(changes)) return null
  return { channel, to, changes }
}

/** What `subscribe` is answered with: where the reader stands before any change. */
function standingIn(frame: unknown): { channel: string; revision: number } | null {
  if (typeof frame !== 'object' || frame === null || !('ok' in frame)) return null
  const { channel, cursor } = frame.ok as { channel?: string; cursor?: string }
  if (channel === undefined || cursor === undefined) return null
  return { channel, revision: parseCursor(cursor)?.rev ?? 0 }
}

const pathOfChannel = /^\/v1\/channels\/([^/]+)\//

/** What a page of records, or a poll, is answered with. */
function pageIn(frame: unknown): { channel: string; revision: number } | null {
  if (typeof frame !== 'object' || frame === null) return null
  const { path, body } = frame as { path?: string; body?: { cursor?: string } | null }
  const channel = pathOfChannel.exec(path ?? '')?.[1]
  const cursor = parseCursor(body?.cursor ?? '')
  return channel === undefined || cursor === null
    ? null
    : { channel: decodeURIComponent(channel), revision: cursor.rev }
}

/** What `hello` and `ping` are answered with. */
function serverTimeIn(frame: unknown): number | null {
  if (typeof frame !== 'object' || frame === null || !('ok' in frame)) return null
  const { serverTime } = frame.ok as { serverTime?: string }
  return serverTime === undefined ? null : Date.parse(serverTime)
}

export interface TrafficOptions {
  /** Milliseconds since 1970. */
  now: () => number
  /** Runs a task before the next frame of the screen: a fast channel must not draw the foot line 1,000 times a second. */
  soon: (task: () => void) => void
}

/** Watches what passes on a client's connection, for the foot line and the inspector. */
export class Traffic {
  readonly #client: TracedClient
  readonly #options: TrafficOptions
  readonly #listeners = new Set<() => void>()
  readonly #revisions = new Map<string, number>()
  #frames: SeenFrame[] = []
  #count = 0
  #lost = 0
  #healed = 0
  #wasOpen = false
  #lostAt: number | null = null
  #openedAt: number | null = null
  #serverAheadMs = 0
  #telling = false
  #snapshot: TrafficSnapshot | null = null

  constructor(client: TracedClient, options: TrafficOptions) {
    this.#client = client
    this.#options = options
    client.trace((event) => this.#passed(event))
    client.subscribe(() => this.#stateChanged())
  }

  /** By how much the server's clock is ahead of this one, as its replies tell. */
  get serverAheadMs(): number {
    return this.#serverAheadMs
  }

  // Arrow functions, since React calls them without their object.
  readonly getSnapshot = (): TrafficSnapshot => {
    this.#snapshot ??= {
      frames: this.#frames,
      lost: this.#lost,
      healed: this.#healed,
      revisions: new Map(this.#revisions),
    }
    return this.#snapshot
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  #passed(event: TraceEvent): void {
    this.#count++
    this.#frames = [...this.#frames.slice(1 - keptFrames), { ...event, number: this.#count }]
    if (event.direction === 'down') this.#heard(event)
    this.#changed()
  }

  #heard({ frame, at }: TraceEvent): void {
    const serverTime = serverTimeIn(frame)
    if (serverTime !== null) this.#serverAheadMs = serverTime - at
    const standing = standingIn(frame)
    if (standing !== null) this.#revisions.set(standing.channel, standing.revision)
    // Without a socket nothing else tells where a reader begins.
    const page = pageIn(frame)
    if (page !== null) this.#reach(page.channel, page.revision)
    const passage = changesIn(frame)
    if (passage === null) return
    const { channel, to, changes } = passage
    this.#reach(channel, to)
    this.#healed += changes.filter(({ record }) => this.#wasMissed(record.updatedAt)).length
  }

  #reach(channel: string, revision: number): void {
    this.#revisions.set(channel, Math.max(revision, this.#revisions.get(channel) ?? 0))
  }

  /** Written between the loss and the return. A tombstone carries no time and is not counted. */
  #wasMissed(updatedAt: string | undefined): boolean {
    if (updatedAt === undefined || this.#lostAt === null || this.#openedAt === null) return false
    const at = Date.parse(updatedAt) - this.#serverAheadMs
    return at >= this.#lostAt && at < this.#openedAt
  }

  #stateChanged(): void {
    const { name } = this.#client.getSnapshot()
    const lost = name === 'waiting' || name === 'offline'
    if (this.#wasOpen && lost) {
      this.#lost++
      this.#lostAt = this.#options.now()
    }
    if (!this.#wasOpen && name === 'open') this.#openedAt = this.#options.now()
    // On its way between two states (`connecting`) it is what it was.
    if (lost || name === 'open') this.#wasOpen = name === 'open'
    this.#changed()
  }

  #changed(): void {
    if (this.#telling) return
    this.#telling = true
    this.#options.soon(() => {
      this.#telling = false
      this.#snapshot = null
      for (const listener of this.#listeners) listener()
    })
  }
}
