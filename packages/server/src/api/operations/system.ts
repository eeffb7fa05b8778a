import { LimitValues } from '@dovetail/protocol'
import { json, type Operation, type Reply } from '../operation.ts'
import { textParameter } from '../parameters.ts'

const tag = 'the server'

function about(path: string, id: string, summary: string, reply: Reply): Operation {
  return { method: 'GET', path, id, tag, summary, caller: 'nobody', replies: { 200: reply }, refusals: [] }
}

const html: Reply = { description: 'The page.', content: { 'text/html': { type: 'string' } } }

function document(member: string, version: string): object {
  return {
    type: 'object',
    properties: { [member]: { type: 'string', pattern: version } },
    required: [member],
    additionalProperties: true,
  }
}

const check = {
  type: 'object',
  properties: {
    status: { enum: ['ok', 'failed'] },
    tookMs: { type: 'integer', minimum: 0, description: 'How long it took, in ms.' },
  },
  required: ['status', 'tookMs'],
}

/** What `/readyz` tells, also in its problem document; a node that is leaving makes no checks. */
export const readinessChecks = {
  type: 'object',
  description: 'With the refusals of /readyz.',
  properties: { store: check, bell: check },
}

const readiness: Operation = {
  ...about(
    '/readyz',
    'isReady',
    'Whether traffic should come here: the store reads and writes, a bell rung to the other nodes comes back, and the node is not leaving.',
    {
      ...json('It should.', {
        type: 'object',
        properties: {
          status: { const: 'ok' },
          checks: { ...readinessChecks, description: 'By name.', required: ['store', 'bell'] },
        },
        required: ['status', 'checks'],
      }),
    },
  ),
  refusals: ['draining', 'store_unavailable'],
}

export const systemOperations: readonly Operation[] = [
  about('/v1/limits', 'readLimits', 'The limits of this server.', json('Each by its name.', LimitValues)),
  about(
    '/healthz',
    'isAlive',
    'Whether the process lives.',
    json('It does.', { type: 'object', properties: { status: { const: 'ok' } }, required: ['status'] }),
  ),
  readiness,
  about('/metrics', 'readMetrics', 'Counts and durations, for Prometheus.', {
    description: 'The text format, version 0.0.4.',
    content: { 'text/plain': { type: 'string' } },
  }),
  about('/openapi.json', 'readOpenApi', 'This document.', json('OpenAPI 3.1.', document('openapi', '^3\\.1\\.'))),
  about(
    '/asyncapi.json',
    'readAsyncApi',
    'What goes over a WebSocket, described.',
    json('AsyncAPI 3.', document('asyncapi', '^3\\.')),
  ),
  {
    method: 'GET',
    path: '/v1/ws',
    id: 'openWebSocket',
    tag,
    summary: 'Opens a WebSocket (RFC 6455) with the subprotocol `dovetail.v1`; what goes over it is in /asyncapi.json.',
    caller: 'anyone',
    query: [textParameter('ticket', 'Of `POST /v1/tickets`, where no header can be set.')],
    replies: { 101: { description: 'It is open; the first command is `hello`.' } },
    refusals: ['upgrade_required', 'invalid_query', 'draining'],
  },
  about('/docs', 'readDocs', 'This document as a page to read and try.', html),
  {
    ...about('/docs/{file}', 'readDocsFile', 'A file of that page.', {
      description: 'The file.',
      content: { 'text/css': { type: 'string' }, 'text/javascript': { type: 'string' } },
    }),
    refusals: ['not_found'],
  },
]
