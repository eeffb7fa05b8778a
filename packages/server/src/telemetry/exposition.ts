/**
 * `/metrics` in the text format of Prometheus. Everything is read at the scrape; labels are closed
 * lists of ours, so that no user makes a series.
 */
import type { Registry } from 'prom-client'
import type { CommitGroup } from '../core/group.ts'
import { Families, type Prom, type Read } from './families.ts'
import type { Metrics, Transport } from './metrics.ts'
import { processRegistry } from './process-metrics.ts'

export interface Watched {
  readonly metrics: Metrics
  readonly groups: Readonly<Record<'durable' | 'memory', CommitGroup>>
  /** Long-lived connections: WebSockets, event streams and parked polls. */
  connections(): number
  readers(): Iterable<{ readonly transport: Transport }>
  hubs(): number
  flushes(): number
  /** What came from the other nodes. */
  readonly neighbours: () => { readonly bells: number; readonly doubts: number; readonly failedLooks: number }
  isDraining(): boolean
}

export interface Scrape {
  readonly contentType: string
  readonly text: string
}

const none = {}

export class Exposition {
  readonly #watched: Watched
  #registry: Promise<Registry> | null = null

  constructor(watched: Watched) {
    this.#watched = watched
  }

  async scrape(): Promise<Scrape> {
    // Loaded by the first scrape: a server that nobody watches starts without it.
    this.#registry ??= import('prom-client').then((prom) => this.#open(prom))
    const registry = await this.#registry
    return { contentType: registry.contentType, text: await registry.metrics() }
  }

  #open(prom: Prom): Registry {
    const registry = prom.Registry.merge([processRegistry(prom)])
    const family = new Families(prom, registry)
    this.#readersAndFrames(family)
    this.#commits(family)
    this.#others(family)
    this.#refusals(family)
    return registry
  }

  #readersAndFrames(family: Families): void {
    const { metrics, connections, readers, hubs, flushes, isDraining } = this.#watched
    const transports = Object.keys(metrics.delivered) as Transport[]
    family.gauge('dovetail_readers', 'Who reads on now, by transport.', ['transport'], function* () {
      const counts = new Map<Transport, number>(transports.map((transport) => [transport, 0]))
      for (const { transport } of readers()) counts.set(transport, (counts.get(transport) ?? 0) + 1)
      for (const [transport, count] of counts) yield [{ transport }, count]
    })
    family.gauge('dovetail_connections', 'Long-lived connections: WebSockets, event streams, parked polls.', [], () => [
      [none, connections()],
    ])
    family.gauge('dovetail_hubs', 'Channels that this node follows now.', [], () => [[none, hubs()]])
    family.gauge('dovetail_draining', '1 while the node is leaving.', [], () => [[none, isDraining() ? 1 : 0]])
    family.counter('dovetail_flushes_total', 'Turns in which changes were sent to readers.', [], () => [
      [none, flushes()],
    ])
    family.counter(
      'dovetail_delivered_frames_total',
      'Frames handed to readers: one to one reader counts as one.',
      ['transport'],
      () => transports.map((transport) => [{ transport }, metrics.delivered[transport].frames]),
    )
    family.counter('dovetail_delivered_bytes_total', 'Bytes of those frames.', ['transport'], () =>
      transports.map((transport) => [{ transport }, metrics.delivered[transport].bytes]),
    )
  }

  #commits(family: Families): void {
    const { groups } = this.#watched
    const each =
      (read: (group: CommitGroup) => number): Read =>
      () =>
        Object.entries(groups).map(([storage, group]) => [{ storage }, read(group)])
    family.counter(
      'dovetail_commits_total',
      'Transactions of the store.',
      ['storage'],
      each(({ counts }) => counts.commits),
    )
    family.counter(
      'dovetail_commit_units_total',
      'Writes and batches in them; over commits: how many shared one.',
      ['storage'],
      each(({ counts }) => counts.units),
    )
    family.counter(
      'dovetail_commit_seconds_total',
      'Time that they took.',
      ['storage'],
      each(({ counts }) => counts.seconds),
    )
    family.counter(
      'dovetail_commit_failures_total',
      'Transactions that the store could not do.',
      ['storage'],
      each(({ counts }) => counts.failed),
    )
    family.gauge(
      'dovetail_commit_waiting_units',
      'Writes and batches that wait for the next one.',
      ['storage'],
      each((group) => group.size),
    )
  }

  #others(family: Families): void {
    const neighbours = this.#watched.neighbours()
    family.counter('dovetail_bells_heard_total', 'Bells of other nodes that concerned this one.', [], () => [
      [none, neighbours.bells],
    ])
    family.counter('dovetail_backbone_doubts_total', 'Times that bells may have been lost.', [], () => [
      [none, neighbours.doubts],
    ])
    family.counter('dovetail_failed_looks_total', 'Looks at what was touched that a store did not answer.', [], () => [
      [none, neighbours.failedLooks],
    ])
  }

  #refusals(family: Families): void {
    const { metrics } = this.#watched
    family.counter(
      'dovetail_closed_total',
      'Connections that the server ended, by close code.',
      ['code'],
      function* () {
        // Shown from the start, so that its first rise is seen as one.
        if (!metrics.closedByCode.has(4408)) yield [{ code: '4408' }, 0]
        for (const [code, count] of metrics.closedByCode) yield [{ code: String(code) }, count]
      },
    )
    family.counter(
      'dovetail_refused_total',
      'Refused requests and commands, by error code.',
      ['door', 'code'],
      function* () {
        for (const [door, counts] of Object.entries(metrics.refusedByCode)) {
          for (const [code, count] of counts) yield [{ door, code }, count]
        }
      },
    )
  }
}
