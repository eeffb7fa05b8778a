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

export interface Traffic {
  getSnapshot(): TrafficSnapshot
  subscribe(listener: () => void): () => void
}

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
export function createTraffic(
  client: Pick<Client, 'trace' | 'subscribe' | 'getSnapshot'>,
  { now, soon }: TrafficOptions,
): Traffic {
  let frames: SeenFrame[] = []
  let count = 0
  let lost = 0
  let healed = 0
  let lostSince: number | null = null
  let openedAt: number | null = null
  const revisions = new Map<string, number>()
  let serverAheadMs = 0
  let snapshot: TrafficSnapshot | null = null
  let telling = false
  const listeners = new Set<() => void>()

  const changed = () => {
    if (telling) return
    telling = true
    soon(() => {
      telling = false
      snapshot = null
      for (const listener of listeners) listener()
    })
  }

  client.trace((event) => {
    count++
    frames = [...frames.slice(1 - keptFrames), { ...event, number: count }]
    const serverTime = event.direction === 'down' ? serverTimeIn(event.frame) : null
    if (serverTime !== null) serverAheadMs = serverTime - event.at
    const standing = event.direction === 'down' ? standingIn(event.frame) : null
    if (standing !== null) revisions.set(standing.channel, standing.revision)
    const changes = event.direction === 'down' ? changesIn(event.frame) : null
    if (changes !== null) {
      revisions.set(changes.channel, Math.max(changes.to, revisions.get(changes.channel) ?? 0))
      healed += changes.changes.filter(({ record }) => wasMissed(record.updatedAt)).length
    }
    changed()
  })

  /** Made between the loss and the return. A tombstone carries no time and is not counted. */
  const wasMissed = (updatedAt: string | undefined): boolean => {
    if (updatedAt === undefined || lostSince === null || openedAt === null) return false
    const at = Date.parse(updatedAt) - serverAheadMs
    return at >= lostSince && at < openedAt
  }

  let wasOpen = false
  client.subscribe(() => {
    const { name } = client.getSnapshot()
    if (wasOpen && (name === 'waiting' || name === 'offline')) {
      lost++
      lostSince = now()
    }
    if (!wasOpen && name === 'open') openedAt = now()
    if (name === 'open' || name === 'waiting' || name === 'offline') wasOpen = name === 'open'
    changed()
  })

  return {
    getSnapshot: () => {
      snapshot ??= { frames, lost, healed, revisions: new Map(revisions) }
      return snapshot
    },
    subscribe: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
