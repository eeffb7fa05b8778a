/**
 * What joins several nodes in PostgreSQL alone. A node has two connections for it: one listens and notifies, the other
 * one is for presence and limits, so that a long statement delays no notification.
 */
import { randomUUID } from 'node:crypto'
import type { Backbone } from '../../ports/backbone.ts'
import type { SharedBuckets } from '../../ports/buckets.ts'
import type { Clock } from '../../ports/clock.ts'
import type { PresenceStore } from '../../ports/presence.ts'
import { Hosts } from '../../postgres/hosts.ts'
import { requireOwnSessionsOfAny } from '../../postgres/own-sessions.ts'
import { PostgresLine } from '../../postgres/postgres-line.ts'
import { PostgresBackbone } from './postgres-backbone.ts'
import { PostgresBuckets } from './postgres-buckets.ts'
import { PostgresPresence, presenceChannel } from './postgres-presence.ts'
import { nodesChannel } from './postgres-publisher.ts'

export interface PostgresBackboneOptions {
  /** The database of the store, whose schema is there. */
  readonly url: string
  readonly clock: Clock
  /** Called when a connection was lost. Another one is made. */
  readonly report: (error: unknown, doing: string) => void
  /** How long a node may be silent before its users are removed, in milliseconds. */
  readonly leaseMs: number
  /** The id that the store has recorded in its database, by which another database is told from it. */
  readonly historyId: string
}

export interface OpenPostgresBackbone {
  /** Closing it closes all three. */
  readonly backbone: Backbone
  readonly presence: PresenceStore
  readonly buckets: SharedBuckets
}

const connectMs = 5000

/** @throws Error with one line for people where the database can't be reached, or is not the store's. */
export async function openPostgresBackbone(options: PostgresBackboneOptions): Promise<OpenPostgresBackbone> {
  const { url, clock, report } = options
  await requireOwnSessionsOfAny(new Hosts(url), connectMs)
  const node = randomUUID()
  const backbone = new PostgresBackbone({ node, clock, report })
  const lines: PostgresLine[] = []
  try {
    let afterReconnect = (): void => {}
    const shared = await PostgresLine.open({
      url,
      clock,
      name: 'dovetail presence',
      listenTo: [],
      onNotification: () => {},
      onUp: () => afterReconnect(),
      onDown: () => {},
      report: (error) => report(error, 'asking PostgreSQL who is present'),
    })
    lines.push(shared)
    await requireSameDatabase(shared, options.historyId)
    const presence = new PostgresPresence({ node, line: shared, leaseMs: options.leaseMs })
    afterReconnect = () => presence.gap()
    let wasUp = false
    const line = await PostgresLine.open({
      url,
      clock,
      name: 'dovetail notifications',
      listenTo: [nodesChannel, presenceChannel],
      onNotification: (channel, payload) =>
        channel === presenceChannel ? presence.receive(payload) : backbone.receive(payload),
      onUp: () => {
        backbone.nowUp()
        if (wasUp) presence.gap()
        wasUp = true
      },
      onDown: () => backbone.nowDown(),
      report: (error) => report(error, 'listening to other nodes by PostgreSQL'),
    })
    backbone.use(line, shared)
    return { backbone, presence, buckets: new PostgresBuckets(shared) }
  } catch (error) {
    for (const line of lines) line.close()
    throw error
  }
}

async function requireSameDatabase(line: PostgresLine, historyId: string): Promise<void> {
  const [found] = await line.query(`SELECT to_regclass('dovetail.history') IS NOT NULL`)
  const [history] = found?.[0] === true ? await line.query('SELECT id FROM dovetail.history') : []
  if (history?.[0] !== historyId) throw new Error('it is another database than that of the store')
}
