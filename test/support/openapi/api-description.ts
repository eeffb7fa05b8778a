import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import type { Answer } from '../clients/rest.ts'

type Json = Record<string, unknown>

interface ResponseObject {
  readonly headers?: Record<string, unknown>
  readonly content?: Record<string, { readonly schema: object; readonly examples?: Record<string, unknown> }>
}

interface OperationObject {
  readonly operationId: string
  readonly responses: Record<string, ResponseObject | { readonly $ref: string }>
}

export interface OpenApiDocument {
  readonly paths: Record<string, Record<string, OperationObject>>
  readonly components: {
    readonly responses: Record<string, ResponseObject>
    readonly headers: Record<string, { readonly required?: boolean }>
    readonly schemas: Record<string, Json>
  }
}

/** Headers of ours that a reply may carry only where that is described. */
const checkedHeaders = ['etag', 'dovetail-at', 'dovetail-cursor', 'location']

/** Holds real replies against a served OpenAPI document, and keeps count of what was seen. */
export class ApiDescription {
  readonly seen = new Set<string>()
  readonly #document: OpenApiDocument
  readonly #ajv = new Ajv2020({ strict: false, validateFormats: false })
  readonly #validators = new Map<string, ValidateFunction>()

  constructor(document: OpenApiDocument) {
    this.#document = document
  }

  /** Every success that the document describes, as `operationId status`. */
  successes(): string[] {
    const all = Object.values(this.#document.paths).flatMap((path) => Object.values(path))
    return all.flatMap(({ operationId, responses }) =>
      Object.keys(responses ?? {}).flatMap((status) => (Number(status) < 400 ? [`${operationId} ${status}`] : [])),
    )
  }

  /** What is wrong with the answer; empty: it is as described. */
  faultsOf(method: string, path: string, answer: Answer): string[] {
    const operation = this.#document.paths[path]?.[method.toLowerCase()]
    if (operation === undefined) return [`${method} ${path} is not described`]
    const response = this.#response(operation.responses[answer.status])
    const reply = `${operation.operationId} ${answer.status}`
    if (response === undefined) return [`${reply} is not described: ${answer.text.slice(0, 200)}`]
    this.seen.add(reply)
    const cached = method === 'GET' && path.startsWith('/v1/') ? cacheFaults(answer) : []
    return [...cached, ...this.#headerFaults(response, answer), ...this.#bodyFaults(reply, response, answer)].map(
      (fault) => `${reply}: ${fault}`,
    )
  }

  #response(given: OperationObject['responses'][string] | undefined): ResponseObject | undefined {
    if (given === undefined || !('$ref' in given)) return given
    return this.#document.components.responses[given.$ref.replace('#/components/responses/', '')]
  }

  #headerFaults({ headers = {} }: ResponseObject, answer: Answer): string[] {
    const described = Object.keys(headers).map((name) => name.toLowerCase())
    const isRequired = ([name, header]: [string, unknown]) => {
      const { required } = { ...this.#document.components.headers[name], ...(header as { required?: boolean }) }
      return required === true
    }
    const required = Object.entries(headers).filter(isRequired)
    const missing = required.map(([name]) => name.toLowerCase()).filter((name) => answer.headers[name] === undefined)
    const lacking = answer.status < 400 ? missing : []
    const undescribed = checkedHeaders.filter((name) => answer.headers[name] !== undefined && !described.includes(name))
    return [
      ...lacking.map((name) => `lacks ${name}`),
      ...undescribed.map((name) => `carries ${name}, which is not described`),
    ]
  }

  #bodyFaults(reply: string, { content = {} }: ResponseObject, answer: Answer): string[] {
    const type = (answer.headers['content-type'] ?? '').split(';', 1)[0] ?? ''
    const described = Object.keys(content).length > 0
    if (!described) return answer.text === '' ? [] : ['has a body, and none is described']
    const schema = (content[type] ?? content['*/*'])?.schema
    if (schema === undefined) return [`is ${type}, and ${Object.keys(content)} is described`]
    if (!type.endsWith('json')) return []
    const { code } = answer.body as { code?: string }
    const codes = content[type]?.examples
    if (type === 'application/problem+json' && codes !== undefined && codes[String(code)] === undefined)
      return [`has the code ${code}, which is not described`]
    const isValid = this.#validators.get(reply) ?? this.#ajv.compile(this.#closed(schema))
    this.#validators.set(reply, isValid)
    return isValid(answer.body)
      ? []
      : (isValid.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`)
  }

  /** The schema, with no member allowed that it does not describe; what is open by its own word stays so. */
  #closed(schema: object): object {
    const { Problem, ...schemas } = this.#document.components.schemas
    return { ...(closed(schema) as object), components: { schemas: { ...(closed(schemas) as object), Problem } } }
  }
}

/** A shared cache answers in the server's place where this header does not forbid it (TAG10). */
function cacheFaults({ headers }: Answer): string[] {
  const control = headers['cache-control'] ?? 'none'
  return /^(no-store\b|private, (no-cache|.*\bimmutable)$)/.test(control) ? [] : [`its Cache-Control is ${control}`]
}

/** A schema with no member allowed that it does not describe; what is open by its own word stays so. */
export function closed(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(closed)
  const inside = Object.fromEntries(Object.entries(value).map(([key, each]) => [key, closed(each)]))
  const isOpen = !('properties' in value) || 'additionalProperties' in value
  return isOpen ? inside : { unevaluatedProperties: false, ...inside }
}
