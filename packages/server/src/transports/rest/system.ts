/** The server itself: limits, health, readiness, metrics. */
import { codes } from '@dovetail/protocol'
import type { FastifyInstance, FastifyReply } from 'fastify'
import type { Core } from '../../core/core.ts'
import { Failure } from '../../core/failure.ts'
import { Exposition } from '../../telemetry/exposition.ts'
import { type Check, Readiness } from '../../telemetry/readiness.ts'
import type { Door } from '../door.ts'
import { problemContentType, problemText } from './problem.ts'
import { sendJson } from './reply.ts'
import { resource } from './resource.ts'

export function registerSystem(app: FastifyInstance, door: Door): void {
  resource(app, '/v1/limits', {
    GET: (_request, reply) => sendJson(reply, 200, JSON.stringify(door.core.limits)),
  })
  resource(app, '/healthz', {
    GET: (_request, reply) => {
      reply.header('cache-control', 'no-store')
      return sendJson(reply, 200, '{"status":"ok"}')
    },
  })
  registerReadiness(app, door)
  registerMetrics(app, door)
}

function registerReadiness(app: FastifyInstance, door: Door): void {
  const { core } = door
  const link = core.presenceLink
  const readiness = new Readiness<'store' | 'bell' | 'memory'>({
    clock: core.clock,
    probes: {
      store: { run: () => readAndWrite(core) },
      bell: { run: () => core.backbone.probe() },
      ...(link === null ? {} : { memory: { run: () => link.probe() } }),
    },
    report: (error, doing) => core.report(error, doing),
  })
  resource(app, '/readyz', {
    GET: async (_request, reply) => {
      reply.header('cache-control', 'no-store')
      if (door.isDraining()) return refuse(reply, new Failure('draining', 'This node is leaving.'), {})
      const checks = await readiness.look()
      const failed = Object.values(checks).some(({ status }) => status === 'failed')
      if (!failed) return sendJson(reply, 200, JSON.stringify({ status: 'ok', checks }))
      return refuse(reply, new Failure('store_unavailable', whyNot(checks)), checks)
    },
  })
}

function whyNot({ store, bell }: Readonly<Partial<Record<'store' | 'bell', Check>>>): string {
  if (store?.status === 'failed') return 'The store does not read and write now.'
  if (bell?.status === 'failed') return 'The other nodes are not heard now.'
  return 'The place of memory namespaces does not answer now.'
}

/** How long the mark of a write probe is kept, in ms. */
const markMs = 10_000

async function readAndWrite(core: Core): Promise<void> {
  const read = core.durable.channels({ prefix: '', after: '', limit: 1 })
  const written = core.accounts.spend(`readyz ${core.newId()}`, core.clock.now() + markMs)
  await Promise.all([read, written])
}

/** A problem document that also tells the checks. No error of ours: it is not logged as one each time somebody asks. */
function refuse(reply: FastifyReply, failure: Failure, checks: Readonly<Record<string, Check>>): FastifyReply {
  const text = `${problemText(failure, '').slice(0, -1)},"checks":${JSON.stringify(checks)}}`
  return reply
    .code(codes[failure.code].http)
    .header('retry-after', 2)
    .header('content-type', problemContentType)
    .send(text)
}

function registerMetrics(app: FastifyInstance, door: Door): void {
  const { core, metrics, connections, readers } = door
  const exposition = new Exposition({
    metrics,
    groups: core.groups,
    connections: () => connections.open,
    readers: () => readers,
    hubs: () => core.hubs.size,
    flushes: () => core.hubs.flushes,
    neighbours: () => core.neighbours.counts,
    isDraining: () => door.isDraining(),
  })
  resource(app, '/metrics', {
    GET: async (_request, reply) => {
      const { contentType, text } = await exposition.scrape()
      return reply.header('content-type', contentType).header('cache-control', 'no-store').send(text)
    },
  })
}
