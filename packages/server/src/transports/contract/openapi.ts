/** Builds the OpenAPI 3.1 document from the registered resources and the schemas with which the server validates. */
import { Change, type Code, codes, FieldError, PresentUser, problemType, Signal } from 'dovetail-protocol'
import { AnyRecord, LiveRecord, Revision, Tombstone } from 'dovetail-protocol/record'
import * as rest from 'dovetail-protocol/rest'
import { schemaExamples } from './examples.ts'
import { NamedSchemas } from './named-schemas.ts'
import {
  type Method,
  type Operation,
  type Parameter,
  priceOf,
  type Reply,
  type Resource,
  type Tag,
} from './operation.ts'
import { pathParameters } from './parameters.ts'
import { refusalsOf } from './refusals.ts'
import { releaseVersion } from './release-version.ts'

const about = `Records that you create, read, change and delete, and the log of their changes, from one cursor.

Every path also answers \`HEAD\` where it answers \`GET\`, and \`OPTIONS\` with what it allows. Refusals are
\`application/problem+json\` (RFC 9457) with a \`code\` of a closed list. What goes over the WebSocket at \`/v1/ws\` is in
[/asyncapi.json](/asyncapi.json). Every path under \`/v1/\` takes \`traceparent\` and \`tracestate\` (W3C Trace Context).`

/** `required`: the replies that name it always have it. */
const replyHeaders: Readonly<Record<string, { description: string; required?: true; schema: object }>> = {
  ETag: { description: 'A strong entity tag of the body (RFC 9110).', required: true, schema: { type: 'string' } },
  'Dovetail-At': {
    description: 'The position of the answer in the log: `<epoch>.<revision>`.',
    required: true,
    schema: { type: 'string' },
  },
  'Dovetail-Cursor': { description: 'The cursor to continue from.', required: true, schema: { type: 'string' } },
  'Dovetail-Readers': {
    description: 'Of a stream and a long-poll: about how many readers the node has, as in the reply to `hello`.',
    schema: { type: 'integer', minimum: 0 },
  },
  Location: {
    description: 'The URL of the new resource.',
    required: true,
    schema: { type: 'string', format: 'uri-reference' },
  },
  'Retry-After': {
    description: 'Seconds until the same request may succeed.',
    schema: { type: 'integer', minimum: 1 },
  },
  RateLimit: {
    description:
      'What is left of the budget: `r` commands now, and it is full again in `t` seconds. A service has none.',
    schema: { type: 'string' },
  },
  'RateLimit-Policy': {
    description: 'The budget that pays: `q` commands at once, and as many again in `w` seconds.',
    schema: { type: 'string' },
  },
  'WWW-Authenticate': { description: 'How to authenticate.', schema: { type: 'string', const: 'Bearer' } },
}

const tags: Readonly<Record<Tag, string>> = {
  channels: 'Channels: named logs of records, each with a policy by its namespace.',
  records: 'Records of a collection: pages of them, and single ones.',
  'reading on': 'The log of a channel, or of several, after a cursor: by poll, long-poll or event stream.',
  'presence and signals': 'Who is in a channel now, and messages to them that are not stored.',
  search: 'Full text search over what the caller may read.',
  files: 'Files of channels, to which records refer.',
  users: 'Profiles, guests, sign-ins, and the channels of the caller.',
  'the server': 'The limits, the health and the documents of this server.',
}

/** Schemas that several operations share, besides those of `dovetail-protocol/rest`. */
const shared = { AnyRecord, LiveRecord, Revision, Tombstone, Change, FieldError, PresentUser, Signal }

const budgetHeaders = ['RateLimit', 'RateLimit-Policy']

/** @returns the document as plain JSON, with the ranges of the server that these resources belong to */
export function openApiDocument(resources: readonly Resource[], basePath = ''): Record<string, unknown> {
  return new OpenApi(resources, basePath).document()
}

class OpenApi {
  readonly #resources: readonly Resource[]
  readonly #basePath: string
  readonly #named: NamedSchemas
  readonly #responses: Record<string, unknown> = { problem: problemResponse('Any other refusal.', []) }

  constructor(resources: readonly Resource[], basePath: string) {
    this.#resources = resources
    this.#basePath = basePath
    const own = Object.assign({}, ...resources.map(({ schemas }) => schemas))
    this.#named = new NamedSchemas({ ...rest, ...shared, ...own })
  }

  document(): Record<string, unknown> {
    const all = this.#resources.flatMap(({ operations }) => Object.values(operations))
    const paths = this.#resources.map((resource) => [resource.path, this.#path(resource)])
    return {
      openapi: '3.1.0',
      info: {
        title: 'Dovetail',
        version: releaseVersion,
        description: about,
        license: { name: 'MIT', identifier: 'MIT' },
      },
      servers: [{ url: this.#basePath || '/' }],
      tags: [...new Set(all.map(({ tag }) => tag))].map((name) => ({ name, description: tags[name] })),
      paths: Object.fromEntries(paths),
      components: {
        schemas: withExamples(this.#named.all()),
        responses: this.#responses,
        headers: replyHeaders,
        securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
      },
    }
  }

  #path({ path, operations }: Resource): Record<string, unknown> {
    const described = Object.entries(operations).map(([method, operation]) => [
      method.toLowerCase(),
      this.#operation(method as Method, operation),
    ])
    return { parameters: inPath(path), ...Object.fromEntries(described) }
  }

  #operation(method: Method, operation: Operation): Record<string, unknown> {
    const { id, tag, summary, description, query = [], headers = [], body } = operation
    const parameters = [...query.map(within('query')), ...headers.map(within('header'))]
    const ofBudget = priceOf(method, operation) === 'nothing' ? [] : budgetHeaders
    const replies = Object.entries(operation.replies).map(([status, reply]) => [status, this.#reply(reply, ofBudget)])
    return {
      operationId: id,
      tags: [tag],
      summary,
      description: description ?? summary,
      security: securityOf(operation),
      ...(parameters.length === 0 ? {} : { parameters }),
      ...(body === undefined ? {} : { requestBody: this.#requestBody(body) }),
      responses: {
        ...Object.fromEntries(replies),
        ...this.#refusals(operation),
        default: { $ref: '#/components/responses/problem' },
      },
    }
  }

  #requestBody(body: NonNullable<Operation['body']>): Record<string, unknown> {
    const { isRequired, types, schema, otherTypes = {} } = body
    const all = [...types.map((type) => [type, schema] as const), ...Object.entries(otherTypes)]
    const content = all.map(([type, of]) => [type, { schema: this.#named.refer(of) }])
    return { required: isRequired, content: Object.fromEntries(content) }
  }

  #reply(
    { description, headers: own = [], sometimes = [], content }: Reply,
    ofBudget: readonly string[],
  ): Record<string, unknown> {
    const headers = { ...headerRefs([...own, ...ofBudget]), ...optionalHeaders(sometimes) }
    const bodies = Object.entries(content ?? {}).map(([type, schema]) => [type, { schema: this.#named.refer(schema) }])
    return {
      description,
      ...(Object.keys(headers).length === 0 ? {} : { headers }),
      ...(bodies.length === 0 ? {} : { content: Object.fromEntries(bodies) }),
    }
  }

  /** One response for each status, shared by all operations with the same error codes. */
  #refusals(operation: Operation): Record<string, unknown> {
    const all = refusalsOf(operation)
    const refs = [...new Set(all.map((code) => codes[code].http))].map((status) => {
      const group = all.filter((code) => codes[code].http === status)
      const name = group.join('.')
      const text = group.map((code) => `\`${code}\`: ${codes[code].title}.`).join('\n\n')
      this.#responses[name] ??= problemResponse(text, group)
      return [status, { $ref: `#/components/responses/${name}` }]
    })
    return Object.fromEntries(refs)
  }
}

function inPath(path: string): unknown[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    ...pathParameters[name ?? ''],
    in: 'path',
    required: true,
  }))
}

function within(location: 'query' | 'header'): (parameter: Parameter) => object {
  return (parameter) => ({ ...parameter, in: location })
}

function securityOf({ caller }: Operation): object[] {
  if (caller === 'nobody') return []
  return caller === 'user' ? [{ bearer: [] }] : [{}, { bearer: [] }]
}

function headerRefs(names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]))
}

function optionalHeaders(names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(names.map((name) => [name, { ...replyHeaders[name], required: false }]))
}

function withExamples(schemas: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(schemas).map(([name, schema]) => {
      const example = schemaExamples[name]
      return [name, example === undefined ? schema : { ...(schema as object), examples: [example] }]
    }),
  )
}

/** An example for each code that the response may have, so that a client knows which to expect. */
function examplesOf(group: readonly Code[]): object {
  if (group.length === 0) return {}
  return {
    examples: Object.fromEntries(group.map((code) => [code, { summary: codes[code].title, value: problemOf(code) }])),
  }
}

function problemOf(code: Code): object {
  const { http, title, retry } = codes[code]
  return { type: problemType(code), title, status: http, code, detail: `${title}.`, retryable: retry }
}

function problemResponse(description: string, group: readonly Code[]): Record<string, unknown> {
  const problem = { $ref: '#/components/schemas/Problem' }
  const statuses = new Set<number>(group.map((code) => codes[code].http))
  const headers = [
    ...(statuses.has(429) || statuses.has(503) ? ['Retry-After'] : []),
    ...(statuses.has(401) ? ['WWW-Authenticate'] : []),
  ]
  return {
    description,
    ...(headers.length === 0 ? {} : { headers: headerRefs(headers) }),
    content: { 'application/problem+json': { schema: problem, ...examplesOf(group) } },
  }
}
