/** The resources `/healthz` (the process is alive) and `/readyz` (the node can serve traffic). */
import { codes, Problem } from 'dovetail-protocol'
import type { FastifyReply } from 'fastify'
import type { Core } from '../../core/core.ts'
import { Failure } from '../../core/rules/failure.ts'
import { type Check, Readiness } from '../../telemetry/readiness.ts'
import { encodeJson } from '../../wire/json-text.ts'
import { encodeProblemWith } from '../../wire/problem.ts'
import { json, ofServer, type Resource } from '../contract/operation.ts'
import { problemContentType, sendJson } from '../http/reply.ts'
import type { TransportContext } from '../transport-context.ts'

const check = {
  type: 'object',
  properties: {
    status: { type: 'string', enum: ['ok', 'failed'], description: 'What the check found.' },
    tookMs: { type: 'integer', minimum: 0, description: 'The duration of the check, in ms.' },
  },
  required: ['status', 'tookMs'],
}

/** The checks of `/readyz`, also in its problem document. A node that shuts down makes no checks. */
const readinessChecks = {
  type: 'object',
  description: 'The checks of /readyz by name; a node that shuts down makes none.',
  properties: { store: check, bell: check, memory: check },
}

const statusOk = { type: 'string', const: 'ok', description: 'Always `ok`: any other state is a refusal.' }
const alive = { type: 'object', properties: { status: statusOk }, required: ['status'] }
const count = { type: 'integer', minimum: 0 }
const indexing = {
  type: 'object',
  description: 'While records are indexed anew for search, after a change of the configuration: how far this has come.',
  properties: {
    done: { ...count, description: 'The records that are done.' },
    total: { ...count, description: 'About how many there are.' },
  },
  required: ['done', 'total'],
}
const ready = {
  type: 'object',
  properties: {
    status: statusOk,
    checks: readinessChecks,
    indexing,
  },
  required: ['status', 'checks'],
}

export function healthResources(context: TransportContext, readiness: NodeReadiness): Resource[] {
  const living = ofServer(
    'isAlive',
    'Whether the process is alive.',
    json('The process is alive.', alive),
    (_request, reply) => sendJson(reply.header('cache-control', 'no-store'), 200, encodeJson({ status: 'ok' })),
  )
  const serving = ofServer(
    'isReady',
    'Whether traffic should come here: the store reads and writes, a notification that it publishes to the nodes comes back, and the node is not leaving.',
    json('The node is ready.', ready),
    (_request, reply) => answerReadiness(context, readiness, reply),
    ['draining', 'store_unavailable'],
  )
  const problem = { ...Problem, properties: { ...Problem.properties, checks: readinessChecks } }
  return [
    { path: '/healthz', operations: { GET: living }, schemas: { Alive: alive } },
    {
      path: '/readyz',
      guardedAs: 'readyz',
      operations: { GET: serving },
      schemas: {
        Problem: problem,
        Ready: ready,
        ReadinessChecks: readinessChecks,
        ReadinessCheck: check,
        Indexing: indexing,
      },
    },
  ]
}

export type NodeReadiness = Readiness<'store' | 'bell' | 'memory'>

export function readinessOf({ core }: TransportContext): NodeReadiness {
  const link = core.presenceSync
  return new Readiness({
    clock: core.clock,
    probes: {
      store: { run: () => readAndWrite(core) },
      bell: { run: () => core.backbone.probe() },
      ...(link === null ? {} : { memory: { run: () => link.probe() } }),
    },
    report: (error, doing) => core.report(error, doing),
  })
}

/** The outcomes by the names that the metrics use. */
export async function partsOf(readiness: NodeReadiness): Promise<Readonly<Record<string, Check | undefined>>> {
  const { store, bell, memory } = await readiness.checkAll()
  return { store, backbone: bell, memory }
}

async function answerReadiness(
  context: TransportContext,
  readiness: NodeReadiness,
  reply: FastifyReply,
): Promise<FastifyReply> {
  reply.header('cache-control', 'no-store')
  if (context.isDraining()) return refuse(context, reply, new Failure('draining', 'This node is leaving.'), {})
  const checks = await readiness.checkAll()
  const failed = Object.values(checks).some(({ status }) => status === 'failed')
  if (!failed) return sendJson(reply, 200, encodeJson({ status: 'ok', checks, ...progressOf(context) }))
  return refuse(context, reply, new Failure('store_unavailable', whyNot(checks)), checks)
}

/** A node that indexes anew is ready: its searches say that they are not complete. */
function progressOf({ core }: TransportContext): object {
  if (core.reindexer.progress === null) return {}
  const { done, total } = core.reindexer.progress
  return { indexing: { done, total } }
}

function whyNot({ store, bell }: Readonly<Partial<Record<'store' | 'bell', Check>>>): string {
  if (store?.status === 'failed') return 'The store does not read and write now.'
  if (bell?.status === 'failed') return 'The other nodes are not heard now.'
  return 'The place of memory namespaces does not answer now.'
}

/** How long the entry of a write probe is kept, in ms. */
const markMs = 10_000

async function readAndWrite(core: Core): Promise<void> {
  const read = core.durable.channels({ prefix: '', after: '', limit: 1 })
  const written = core.accounts.spend(`readyz ${core.newId()}`, core.clock.now() + markMs)
  await Promise.all([read, written])
}

/** A problem document with the checks. It is not thrown, so that it is not logged at each request. */
function refuse(
  { basePath }: TransportContext,
  reply: FastifyReply,
  failure: Failure,
  checks: Readonly<Record<string, Check>>,
): FastifyReply {
  const text = encodeProblemWith(failure, { requestId: '', basePath }, { checks })
  return reply
    .code(codes[failure.code].http)
    .header('retry-after', 2)
    .header('content-type', problemContentType)
    .send(text)
}
