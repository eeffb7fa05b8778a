/** Schemas with a name: a document contains each once, and refers to it wherever it occurs. */
import type { JsonSchema } from './operation.ts'

export class NamedSchemas {
  readonly #schemas: Readonly<Record<string, JsonSchema>>
  readonly #nameByText: ReadonlyMap<string, string>

  constructor(schemas: Readonly<Record<string, JsonSchema>>) {
    this.#schemas = schemas
    this.#nameByText = new Map(Object.entries(schemas).map(([name, schema]) => [JSON.stringify(schema), name]))
  }

  /** All schemas by name, for `components.schemas`. */
  all(): Record<string, unknown> {
    return Object.fromEntries(Object.entries(this.#schemas).map(([name, schema]) => [name, this.#inside(schema)]))
  }

  /** The schema as plain JSON, with a reference in place of each part that has a name. */
  refer(schema: unknown): unknown {
    if (typeof schema !== 'object' || schema === null) return schema
    const name = this.#nameByText.get(JSON.stringify(schema))
    return name === undefined ? this.#inside(schema) : { $ref: `#/components/schemas/${name}` }
  }

  #inside(schema: object): unknown {
    if (Array.isArray(schema)) return schema.map((item: unknown) => this.refer(item))
    const values = constantsOf(schema)
    if (values !== null) return values
    if (isLargeInteger(schema)) return { ...schema, format: 'int64' }
    return Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, this.refer(value)]))
  }
}

/** Whether it may pass 2^31: generators for Go and Java take an integer without a format for one of 32 bits. */
function isLargeInteger(schema: { readonly type?: unknown; readonly maximum?: unknown }): boolean {
  return schema.type === 'integer' && !(typeof schema.maximum === 'number' && schema.maximum < 2 ** 31)
}

interface Constant {
  readonly type?: unknown
  readonly const?: unknown
}

/** A choice of constants as an enum, of which generators make better code; `null`: it is no such choice. */
function constantsOf(schema: { readonly anyOf?: readonly Constant[] }): object | null {
  const { anyOf, ...others } = schema
  const [first] = anyOf ?? []
  if (anyOf === undefined || first?.type === undefined) return null
  if (!anyOf.every((each) => each.type === first.type && each.const !== undefined)) return null
  return { type: first.type, enum: anyOf.map((each) => each.const), ...others }
}
