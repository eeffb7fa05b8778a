/** The resource `/metrics`, for Prometheus. */
import { ConsumerFigures } from '../../core/consuming/consumer-figures.ts'
import { Exposition } from '../../telemetry/exposition.ts'
import { ofServer, type Resource } from '../contract/operation.ts'
import type { TransportContext } from '../transport-context.ts'
import { type NodeReadiness, partsOf } from './health.ts'

export function metricResources(context: TransportContext, readiness: NodeReadiness): Resource[] {
  const { core, metrics, connections, readers } = context
  const consumers = new ConsumerFigures(core)
  const exposition = new Exposition({
    metrics,
    groups: core.groups,
    connections: () => connections.open,
    readers,
    hubs: core.hubs,
    now: () => core.clock.monotonic(),
    wallNow: () => core.clock.now(),
    peers: () => core.peers.counts,
    outbox: context.outbox,
    webhooks: () => context.webhooks.webhooks.all,
    files: context.core.files.storage === null ? null : context.core.files.counts,
    // All else is told also where the store does not answer.
    consumers: () => consumers.all().catch(() => []),
    indexing: () => core.reindexer.progress,
    store: async () => (await core.durable.figures?.()) ?? {},
    parts: () => partsOf(readiness),
    isDraining: () => context.isDraining(),
    version: context.version,
  })
  context.registry?.join(exposition)
  const text = {
    description: 'The metrics in the Prometheus text format, version 0.0.4.',
    content: { 'text/plain': { type: 'string' } },
  }
  const reading = ofServer('readMetrics', 'Counts and durations, for Prometheus.', text, async (_request, reply) => {
    const scrape = await exposition.scrape()
    return reply.header('content-type', scrape.contentType).header('cache-control', 'no-store').send(scrape.text)
  })
  return [{ path: '/metrics', guardedAs: 'metrics', operations: { GET: reading } }]
}
