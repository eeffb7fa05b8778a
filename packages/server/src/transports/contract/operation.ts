/**
 * A resource: one URL and its operations. Each operation has its name, parameters, replies, refusals and handler in one
 * place: the server registers the resources, and the OpenAPI document is built from the same list.
 */
import type { Code } from 'dovetail-protocol'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Price } from '../../core/rate/price.ts'

/** A JSON Schema (2020-12): a TypeBox schema, or a plain object. */
export type JsonSchema = object

export interface Parameter {
  readonly name: string
  readonly description: string
  readonly schema: JsonSchema
  readonly required?: boolean
}

export type ReplyHeader = 'ETag' | 'Dovetail-At' | 'Dovetail-Cursor' | 'Dovetail-Readers' | 'Location'

export interface Reply {
  readonly description: string
  readonly headers?: readonly ReplyHeader[]
  /** Headers that not every reply of this status has. */
  readonly sometimes?: readonly ReplyHeader[]
  /** The schema of the body by media type; absent: no body. */
  readonly content?: Readonly<Record<string, JsonSchema>>
}

export type Tag =
  | 'channels'
  | 'records'
  | 'reading on'
  | 'presence and signals'
  | 'search'
  | 'files'
  | 'users'
  | 'the server'

export const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const
export type Method = (typeof methods)[number]

export type Handler = (request: FastifyRequest, reply: FastifyReply) => unknown

/** What of the server itself can be kept for services and admins. */
export type Guardable = 'metrics' | 'docs' | 'readyz'

export interface Resource {
  /** The URL path, with `{name}` for each variable part. */
  readonly path: string
  /** Where the configuration guards this, only services and admins may ask for it. */
  readonly guardedAs?: Guardable
  readonly operations: Readonly<Partial<Record<Method, Operation>>>
  /** Schemas of this resource that get a name in the document, in addition to those of the protocol. */
  readonly schemas?: Readonly<Record<string, JsonSchema>>
}

export interface Operation {
  readonly id: string
  readonly tag: Tag
  readonly summary: string
  readonly description?: string
  /** `nobody`: a token is ignored; `anyone`: a token is optional; `user`: a token is required. */
  readonly caller: 'nobody' | 'anyone' | 'user'
  readonly query?: readonly Parameter[]
  /** Other spellings of query parameters, which the document does not show. */
  readonly alsoTakes?: readonly string[]
  readonly headers?: readonly Parameter[]
  readonly body?: {
    readonly schema: JsonSchema
    readonly isRequired: boolean
    readonly types: readonly string[]
    /** The schemas of bodies of other types, by type. */
    readonly otherTypes?: Readonly<Record<string, JsonSchema>>
    /** Whether it may be as large as `bodyBytes`; else it holds one record at most. */
    readonly isLarge: boolean
    /** Whether the handler reads it itself, whatever its type and its size. */
    readonly isStream?: boolean
  }
  readonly replies: Readonly<Record<number, Reply>>
  /** Absent: `read` for GET and `command` for other methods; `nothing` where `caller` is `nobody`. */
  readonly price?: Price | ((request: FastifyRequest) => Price)
  /** Error codes in addition to those that follow from `caller` and `body`. */
  readonly refusals: readonly Code[]
  readonly handle: Handler
}

/** What requests of this operation take from their caller's budget. */
export function priceOf(method: Method, { caller, price }: Operation): NonNullable<Operation['price']> {
  return price ?? (caller === 'nobody' ? 'nothing' : method === 'GET' ? 'read' : 'command')
}

const jsonType = 'application/json'

export function jsonBody(
  schema: JsonSchema,
  options: { optional?: true; patch?: true; large?: true; otherTypes?: Readonly<Record<string, JsonSchema>> } = {},
): NonNullable<Operation['body']> {
  const types = options.patch === true ? ['application/merge-patch+json', jsonType] : [jsonType]
  const { otherTypes = {} } = options
  return { schema, isRequired: options.optional !== true, types, otherTypes, isLarge: options.large === true }
}

export function json(description: string, schema: JsonSchema, headers: readonly ReplyHeader[] = []): Reply {
  return { description, headers, content: { [jsonType]: schema } }
}

/** An operation of the server itself: a GET that needs no token. */
export function ofServer(
  id: string,
  summary: string,
  reply: Reply,
  handle: Handler,
  refusals: readonly Code[] = [],
): Operation {
  return { id, tag: 'the server', summary, caller: 'nobody', replies: { 200: reply }, refusals, handle }
}
