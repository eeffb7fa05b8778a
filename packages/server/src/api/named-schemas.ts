/** Schemas that have a name: said once in a document, and referred to wherever they occur. */
import type { JsonSchema } from './operation.ts'

export class NamedSchemas {
  readonly #schemas: Readonly<Record<string, JsonSchema>>
  readonly #nameByText: ReadonlyMap<string, string>

  constructor(schemas: Readonly<Record<string, JsonSchema>>) {
    this.#schemas = schemas
    this.#nameByText = new Map(Object.entries(schemas).map(([name, schema]) => [JSON.stringify(schema), name]))
  }

  /** For `components.schemas`. */
  all(): Record<string, unknown> {
    return Object.fromEntries(Object.entries(this.#schemas).map(([name, schema]) => [name, this.#inside(schema)]))
  }

  /** The schema as plain JSON, with a reference for each part that has a name. */
  refer(schema: unknown): unknown {
    if (typeof schema !== 'object' || schema === null) return schema
    const name = this.#nameByText.get(JSON.stringify(schema))
    return name === undefined ? this.#inside(schema) : { $ref: `#/components/schemas/${name}` }
  }

  #inside(schema: object): unknown {
    if (Array.isArray(schema)) return schema.map((item: unknown) => this.refer(item))
    return Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, this.refer(value)]))
  }
}
