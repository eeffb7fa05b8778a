/** The OpenAPI 3.1 document, made from the operations and the schemas that the server checks by. */
import { Change, type Code, codes, FieldError, type Limits, PresentUser, Signal, VERSION } from '@dovetail/protocol'
import * as record from '@dovetail/protocol/record'
import * as rest from '@dovetail/protocol/rest'
import { NamedSchemas } from './named-schemas.ts'
import type { Operation, Parameter, Reply } from './operation.ts'
import { batchReply, batchRequest } from './operations/records.ts'
import { readinessChecks } from './operations/system.ts'
import { operations } from './operations.ts'
import { pathParameters } from './parameters.ts'
import { refusalsOf } from './refusals.ts'

const named = new NamedSchemas({
  ...rest,
  ...record,
  ...{ Change, FieldError, PresentUser, Signal },
  ...{ Batch: batchRequest, BatchReply: batchReply },
  Problem: { ...rest.Problem, properties: { ...rest.Problem.properties, checks: readinessChecks } },
})

const about = `Records that you create, read, change and delete, and the log of their changes, from one cursor.

Every path also answers \`HEAD\` where it answers \`GET\`, and \`OPTIONS\` with what it allows. Refusals are
\`application/problem+json\` (RFC 9457) with a \`code\` of a closed list. What goes over the WebSocket at \`/v1/ws\` is in
[/asyncapi.json](/asyncapi.json).`

const replyHeaders: Readonly<Record<string, { description: string; schema: object }>> = {
  ETag: { description: 'A strong tag of what the body shows.', schema: { type: 'string' } },
  'Dovetail-At': {
    description: 'Where the answer stands in the log: epoch, dot, revision.',
    schema: { type: 'string' },
  },
  'Dovetail-Cursor': { description: 'The cursor to read on from.', schema: { type: 'string' } },
  Location: { description: 'Where the new thing is.', schema: { type: 'string', format: 'uri-reference' } },
  'Retry-After': {
    description: 'Seconds until the same request may succeed.',
    schema: { type: 'integer', minimum: 1 },
  },
  'WWW-Authenticate': { description: 'How to authenticate.', schema: { const: 'Bearer' } },
}

/** @returns the document as plain JSON; the ranges in it are those of this server. */
export function openApiDocument(limits: Limits): Record<string, unknown> {
  const all = operations(limits)
  const responses: Record<string, unknown> = { problem: problemResponse('Any other refusal.', []) }
  const paths: Record<string, Record<string, unknown>> = {}
  for (const operation of all) {
    const path = paths[operation.path] ?? { parameters: inPath(operation.path) }
    path[operation.method.toLowerCase()] = describe(operation, responses)
    paths[operation.path] = path
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Dovetail',
      version: `${VERSION}.0.0`,
      description: about,
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/' }],
    tags: [...new Set(all.map(({ tag }) => tag))].map((name) => ({ name })),
    paths,
    components: {
      schemas: named.all(),
      responses,
      headers: replyHeaders,
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
    },
  }
}

function inPath(path: string): unknown[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    ...pathParameters[name ?? ''],
    in: 'path',
    required: true,
  }))
}

function describe(operation: Operation, responses: Record<string, unknown>): Record<string, unknown> {
  const { id, tag, summary, description, query = [], headers = [], body } = operation
  const parameters = [...query.map(within('query')), ...headers.map(within('header'))]
  return {
    operationId: id,
    tags: [tag],
    summary,
    ...(description === undefined ? {} : { description }),
    security: securityOf(operation),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body === undefined
      ? {}
      : { requestBody: { required: body.isRequired, content: contentOf(body.types, body.schema) } }),
    responses: {
      ...Object.fromEntries(Object.entries(operation.replies).map(([status, reply]) => [status, response(reply)])),
      ...refusalResponses(operation, responses),
      default: { $ref: '#/components/responses/problem' },
    },
  }
}

function within(place: 'query' | 'header'): (parameter: Parameter) => object {
  return (parameter) => ({ ...parameter, in: place })
}

function securityOf({ caller }: Operation): object[] {
  if (caller === 'nobody') return []
  return caller === 'user' ? [{ bearer: [] }] : [{}, { bearer: [] }]
}

function contentOf(types: readonly string[], schema: object): Record<string, unknown> {
  return Object.fromEntries(types.map((type) => [type, { schema: named.refer(schema) }]))
}

function response({ description, headers = [], content }: Reply): Record<string, unknown> {
  const bodies = Object.entries(content ?? {}).map(([type, schema]) => [type, { schema: named.refer(schema) }])
  return {
    description,
    ...(headers.length === 0 ? {} : { headers: headerRefs(headers) }),
    ...(bodies.length === 0 ? {} : { content: Object.fromEntries(bodies) }),
  }
}

function headerRefs(names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]))
}

/** A response for each status, shared by all operations that refuse with the same codes. */
function refusalResponses(operation: Operation, responses: Record<string, unknown>): Record<string, unknown> {
  const all = refusalsOf(operation)
  const refs = [...new Set(all.map((code) => codes[code].http))].map((status) => {
    const group = all.filter((code) => codes[code].http === status)
    const name = group.join('.')
    responses[name] ??= problemResponse(group.map((code) => `\`${code}\`: ${codes[code].title}.`).join('\n\n'), group)
    return [status, { $ref: `#/components/responses/${name}` }]
  })
  return Object.fromEntries(refs)
}

function problemResponse(description: string, group: readonly Code[]): Record<string, unknown> {
  const problem = { $ref: '#/components/schemas/Problem' }
  const schema = group.length === 0 ? problem : { allOf: [problem], properties: { code: { enum: group } } }
  const statuses = new Set<number>(group.map((code) => codes[code].http))
  const headers = [
    ...(statuses.has(429) || statuses.has(503) ? ['Retry-After'] : []),
    ...(statuses.has(401) ? ['WWW-Authenticate'] : []),
  ]
  return {
    description,
    ...(headers.length === 0 ? {} : { headers: headerRefs(headers) }),
    content: { 'application/problem+json': { schema } },
  }
}
