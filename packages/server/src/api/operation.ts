/** One method of one URL, as a fact: what the OpenAPI document is made from, and what the tests hold the server against. */
import type { Code } from '@dovetail/protocol'

/** A JSON Schema (2020-12): a TypeBox schema, or a plain object. */
export type JsonSchema = object

export interface Parameter {
  readonly name: string
  readonly description: string
  readonly schema: JsonSchema
  readonly required?: boolean
}

export type ReplyHeader = 'ETag' | 'Dovetail-At' | 'Dovetail-Cursor' | 'Location'

export interface Reply {
  readonly description: string
  readonly headers?: readonly ReplyHeader[]
  /** By media type; absent: no body. */
  readonly content?: Readonly<Record<string, JsonSchema>>
}

export type Tag = 'channels' | 'records' | 'reading on' | 'presence and signals' | 'search' | 'users' | 'the server'

export interface Operation {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** With `{name}` for each part that varies. */
  readonly path: string
  readonly id: string
  readonly tag: Tag
  readonly summary: string
  readonly description?: string
  /** `nobody`: no token is looked at; `anyone`: a token is welcome; `user`: a token is needed. */
  readonly caller: 'nobody' | 'anyone' | 'user'
  readonly query?: readonly Parameter[]
  readonly headers?: readonly Parameter[]
  readonly body?: {
    readonly schema: JsonSchema
    readonly isRequired: boolean
    readonly types: readonly string[]
  }
  readonly replies: Readonly<Record<number, Reply>>
  /** Besides those that follow from `caller` and `body`. */
  readonly refusals: readonly Code[]
}

const jsonType = 'application/json'

export function jsonBody(
  schema: JsonSchema,
  options: { optional?: true; patch?: true } = {},
): NonNullable<Operation['body']> {
  const types = options.patch === true ? ['application/merge-patch+json', jsonType] : [jsonType]
  return { schema, isRequired: options.optional !== true, types }
}

export function json(description: string, schema: JsonSchema, headers: readonly ReplyHeader[] = []): Reply {
  return { description, headers, content: { [jsonType]: schema } }
}
