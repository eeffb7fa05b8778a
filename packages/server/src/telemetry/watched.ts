/** What the metrics read at a scrape. */

import type { ConsumerFigure } from '../core/consuming/consumer-figures.ts'
import type { FileCounts } from '../core/files/file-counts.ts'
import type { LogCounts } from '../core/log/counts/log-counts.ts'
import type { CommitGroup } from '../core/log/group.ts'
import type { Hub } from '../core/log/hub.ts'
import type { OutboxCounts } from '../core/outbox/relay.ts'
import type { KnownWebhook } from '../core/webhooks/webhooks.ts'
import type { StoreFigures } from '../ports/store.ts'
import type { Metrics, Transport } from './metrics.ts'
import type { Check } from './readiness.ts'

export interface WatchedReader {
  readonly transport: Transport
  readonly outlet?: { readonly isBehind: boolean; readonly queuedBytes: number }
}

export interface WatchedReaders extends Iterable<WatchedReader> {
  readonly openedByTransport: ReadonlyMap<Transport, number>
  readonly ended: Iterable<{ readonly transport: Transport; readonly reason: string; readonly count: number }>
}

export interface WatchedHubs {
  readonly size: number
  readonly flushes: number
  readonly counts: LogCounts
  all(): readonly Pick<Hub, 'progress'>[]
}

export interface Watched {
  readonly metrics: Metrics
  readonly groups: Readonly<Record<'durable' | 'memory', Pick<CommitGroup, 'counts' | 'size'>>>
  /** Long-lived connections: WebSockets, event streams and parked polls. */
  connections(): number
  readonly readers: WatchedReaders
  readonly hubs: WatchedHubs
  /** Monotonic ms. */
  now(): number
  /** Milliseconds since the Unix epoch. */
  wallNow(): number
  /** Counts of what other nodes have sent, and of failed checks. */
  peers(): { readonly notifications: number; readonly gaps: number; readonly failedChecks: number }
  /** `null`: the store has no outbox. */
  readonly outbox: OutboxCounts | null
  /** Those of the configuration. */
  webhooks(): readonly KnownWebhook[]
  /** `null`: this server has no place for files. */
  readonly files: FileCounts | null
  /** How far each consumer is. */
  consumers(): Promise<readonly ConsumerFigure[]>
  /** What is left to index anew; `null`: nothing. */
  indexing(): { readonly done: number; readonly total: number } | null
  /** Of the durable store. */
  store(): Promise<StoreFigures>
  /** Whether the services that this node depends on answer. */
  parts(): Promise<Readonly<Record<string, Check | undefined>>>
  isDraining(): boolean
  readonly version: string
}

/** For values without labels. */
export const none = {}
