/** Holds frames of a WebSocket and events of a stream against the served AsyncAPI document. */
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import { closed } from '../support/openapi/api-description.ts'

export interface AsyncApiDocument {
  readonly components: {
    readonly messages: Readonly<Record<string, { readonly payload: object }>>
    readonly schemas: Readonly<Record<string, unknown>>
  }
}

type Frame = Readonly<Record<string, unknown>>

export class FrameContract {
  readonly #document: AsyncApiDocument
  readonly #ajv = new Ajv2020({ strict: false, validateFormats: false })
  readonly #validators = new Map<string, ValidateFunction>()

  constructor(document: AsyncApiDocument) {
    this.#document = document
  }

  /** What is wrong with an event; empty: it is as described. */
  eventFaults(frame: Frame): string[] {
    return this.#faults(`${String(frame.op)}Event`, frame)
  }

  /** The same of the reply to a command. */
  replyFaults(op: string, frame: Frame): string[] {
    return 'error' in frame ? this.#faults('refused', frame) : this.#faults(`${op}Ok`, frame)
  }

  #faults(name: string, frame: Frame): string[] {
    const isValid = this.#validators.get(name) ?? this.#compiled(name)
    if (isValid === undefined) return [`${name} is not described: ${JSON.stringify(frame).slice(0, 300)}`]
    if (isValid(frame)) return []
    const [first] = isValid.errors ?? []
    return [`${name}: ${first?.instancePath} ${first?.message}: ${JSON.stringify(frame).slice(0, 500)}`]
  }

  #compiled(name: string): ValidateFunction | undefined {
    const { messages, schemas } = this.#document.components
    const payload = messages[name]?.payload
    if (payload === undefined) return undefined
    const isValid = this.#ajv.compile({ ...(closed(payload) as object), components: { schemas: closed(schemas) } })
    this.#validators.set(name, isValid)
    return isValid
  }
}
