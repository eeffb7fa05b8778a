/** Makes a request of an operation of the OpenAPI document: mostly one that is accepted, sometimes one that is odd. */
import type { SeededRandom } from 'dovetail-lab/check'
import type { Headers } from '../support/clients/rest.ts'
import { type Caller, callers, likelyCaller } from './callers.ts'
import { byWeight, isLikely, oddValues, oneOf } from './chance.ts'
import type { Schema, Scope } from './sample-schema.ts'
import type { World } from './world.ts'

interface Parameter {
  readonly name: string
  readonly in: 'path' | 'query' | 'header'
  readonly required?: boolean
  readonly schema: Schema
}

export interface Operation {
  readonly method: string
  readonly template: string
  readonly operationId: string
  readonly parameters?: readonly Parameter[]
  readonly requestBody?: { readonly required?: boolean; readonly content: Readonly<Record<string, { schema: Schema }>> }
}

export interface RestInput {
  readonly operation: Operation
  readonly caller: Caller
  readonly path: string
  readonly headers: Headers
  readonly body: string | Buffer | undefined
  readonly scope: Scope
  readonly isOdd: boolean
}

/** How often an operation is chosen; the others have 0.4. */
const weights: Readonly<Record<string, number>> = {
  ...{ createRecord: 14, putRecord: 8, patchRecord: 10, deleteRecord: 4, readPage: 8, readRecord: 5, writeBatch: 4 },
  ...{ followChannel: 6, followSome: 2, followMany: 2, followPattern: 2, followPatternByBody: 1, putChannel: 1 },
  ...{ putConsumer: 1, nextOfConsumer: 4, acknowledgeOfConsumer: 3, releaseOfConsumer: 1, renewOfConsumer: 1 },
  ...{ resetConsumer: 0.2, deleteConsumer: 0.1, deleteChannel: 0.15, sendSignal: 2, renewPresence: 2, search: 1 },
  ...{ announceFile: 2, uploadFile: 2, readFile: 1, importRecords: 1, exportRecords: 1, explainRights: 1 },
  // Asks the receiver, which is away: it waits for the system's refusal.
  ...{ testWebhook: 0.1, replayDeadLetter: 0.1, readOpenApi: 0.05, readAsyncApi: 0.05, openWebSocket: 0.05 },
}

/** Bodies that go on from an answer: what they hold belongs together. */
const ofPages = new Set(['acknowledgeOfConsumer', 'releaseOfConsumer', 'renewOfConsumer'])
const inSteps = new Set(['erasePerson', 'upgradeRecords', 'readPersonData'])
const forPassersBy = new Set(['erasePerson', 'revokeUser', 'restoreAccount'])

export function operationsOf(document: { readonly paths: Readonly<Record<string, unknown>> }): Operation[] {
  return Object.entries(document.paths).flatMap(([template, methods]) =>
    Object.entries(methods as Record<string, Operation & { parameters?: Parameter[] }>).flatMap(
      ([method, operation]) =>
        method === 'parameters' ? [] : [{ ...operation, method: method.toUpperCase(), template }],
    ),
  )
}

export class RestInputs {
  readonly #dice: SeededRandom
  readonly #world: World
  readonly #operations: ReadonlyMap<string, Operation>

  constructor(dice: SeededRandom, world: World, operations: readonly Operation[]) {
    this.#dice = dice
    this.#world = world
    this.#operations = new Map(operations.map((operation) => [operation.operationId, operation]))
  }

  /** A request of any operation, or of one of these. */
  next(among: readonly string[] = [...this.#operations.keys()]): RestInput {
    const id = byWeight(this.#dice, Object.fromEntries(among.map((each) => [each, weights[each] ?? 0.4])))
    const operation = this.#operations.get(id)
    if (operation === undefined) throw new Error(`no operation ${id}`)
    const input = this.#fitting(operation)
    return isLikely(this.#dice, 0.18) ? this.#made(odd(this.#dice, input, this.#world.oddText())) : this.#made(input)
  }

  #fitting(operation: Operation): Parts {
    const scope: Record<string, unknown> = {
      ofSteps: inSteps.has(operation.operationId),
      ofPassersBy: forPassersBy.has(operation.operationId),
      ofFile: operation.operationId === 'announceFile',
      ofSignal: operation.operationId === 'sendSignal',
      query: operation.operationId,
    }
    const { method, template } = operation
    if (template.includes('{ch}')) scope.ch = this.#world.channel()
    const caller = likelyCaller(this.#dice, method, template, scope.ch === undefined ? undefined : String(scope.ch))
    scope.caller = caller
    for (const [, name = ''] of template.matchAll(/\{(\w+)\}/g))
      if (name !== 'ch')
        scope[name] = name === 'key' ? (this.#world.kept('key id') ?? 'none') : this.#world.named(name, scope)
    const parameters = {
      query: this.#parameters(operation, 'query', scope),
      header: this.#parameters(operation, 'header', scope),
    }
    return { operation, scope, caller, ...parameters, ...this.#body(operation, scope), isOdd: false }
  }

  #parameters(
    { parameters = [], operationId }: Operation,
    location: 'query' | 'header',
    scope: Record<string, unknown>,
  ) {
    const values: Record<string, unknown> = {}
    const way =
      operationId === 'readPage' ? oneOf(this.#dice, ['before', 'after', 'around', 'q', 'author', 'none']) : ''
    for (const parameter of parameters) {
      const { name } = parameter
      if (parameter.in !== location) continue
      const isNeeded = parameter.required === true || name === 'write' || name === 'read'
      if (!isNeeded && isLikely(this.#dice, 0.6)) continue
      if (operationId === 'readPage' && pageWays.has(name) && name !== way) continue
      const value = this.#world.sampler.value(parameter.schema, name, { ...scope, ...values })
      if (value !== undefined && value !== null) values[name] = value
    }
    if (values.pattern !== undefined) scope.pattern = values.pattern
    return values
  }

  #body(operation: Operation, scope: Scope): Pick<Parts, 'type' | 'body'> {
    const { requestBody, operationId } = operation
    if (requestBody === undefined || (requestBody.required !== true && isLikely(this.#dice, 0.4)))
      return { type: undefined, body: undefined }
    const type = oneOf(this.#dice, Object.keys(requestBody.content))
    if (operationId === 'uploadFile')
      return { type, body: Buffer.alloc(Number(this.#world.kept(`size ${String(scope.fileId)}`) ?? 3)) }
    if (ofPages.has(operationId)) return { type, body: this.#ofPage(operationId, scope) }
    const schema = requestBody.content[type]?.schema ?? {}
    if (operationId === 'patchRecord')
      return {
        type,
        body: this.#world.named('data', { ...scope, op: type.includes('json-patch') ? 'append' : 'patch' }),
      }
    if (/^(create|put)Record$/.test(operationId)) return { type, body: this.#world.named('data', scope) }
    return { type, body: this.#world.sampler.value(schema, '', scope) }
  }

  /** What a worker says of a page that it was given. */
  #ofPage(operationId: string, { consumer }: Scope): unknown {
    const page = this.#world.kept(`page ${String(consumer)}`) as
      | { lease: string; channels: { channel: string; cursor: string }[] }
      | undefined
    const { lease = 'none', channels = [] } = page ?? {}
    const of = {
      acknowledgeOfConsumer: { lease, channels: channels.map(({ channel, cursor }) => ({ channel, cursor })) },
      releaseOfConsumer: { lease, channels: channels.map(({ channel }) => ({ channel })) },
      renewOfConsumer: { lease },
    }
    return of[operationId as keyof typeof of]
  }

  #made({ operation, scope, caller, query, header, type, body, isOdd }: Parts): RestInput {
    const path = operation.template.replaceAll(/\{(\w+)\}/g, (_whole, name: string) => addressed(String(scope[name])))
    const pairs = Object.entries(query).flatMap(([name, value]) =>
      (Array.isArray(value) ? value : [value]).map((each) => `${addressed(name)}=${addressed(String(each))}`),
    )
    const headers: Headers = Object.fromEntries(
      Object.entries(header).map(([name, value]) => [name, printable(String(value))]),
    )
    if (type !== undefined) headers['content-type'] = printable(type)
    const text = body === undefined || Buffer.isBuffer(body) || typeof body === 'string' ? body : JSON.stringify(body)
    return {
      operation,
      caller: query.ticket === undefined ? caller : 'nobody',
      path: pairs.length === 0 ? path : `${path}?${pairs.join('&')}`,
      headers,
      body: text,
      scope: { ...scope, ...query },
      isOdd,
    }
  }
}

const pageWays = new Set(['before', 'after', 'around', 'q', 'author'])

interface Parts {
  readonly operation: Operation
  readonly scope: Readonly<Record<string, unknown>>
  readonly caller: Caller
  readonly query: Record<string, unknown>
  readonly header: Record<string, unknown>
  readonly type: string | undefined
  readonly body: unknown
  readonly isOdd: boolean
}

/** The same request with one thing about it odd. */
function odd(dice: SeededRandom, parts: Parts, text: string): Parts {
  const made = { ...parts, isOdd: true }
  const names = Object.keys(parts.scope).filter((name) => parts.operation.template.includes(`{${name}}`))
  switch (byWeight(dice, { body: 4, text: 1, path: 1, query: 2, header: 2, caller: 1, type: 0.5, unknown: 0.5 })) {
    case 'body':
      return { ...made, body: Buffer.isBuffer(parts.body) ? Buffer.alloc(1) : spoilt(dice, parts.body) }
    case 'text': {
      const whole = JSON.stringify(parts.body ?? null) ?? ''
      return { ...made, body: isLikely(dice, 0.5) ? whole.slice(0, dice.between(0, whole.length)) : `\ufeff${whole}` }
    }
    case 'path':
      return names.length === 0 ? made : { ...made, scope: { ...parts.scope, [oneOf(dice, names)]: text } }
    case 'query': {
      const known = (parts.operation.parameters ?? []).filter((each) => each.in === 'query').map(({ name }) => name)
      return { ...made, query: { ...parts.query, [known.length === 0 ? 'x' : oneOf(dice, known)]: text } }
    }
    case 'header': {
      const name = oneOf(dice, [
        'If-Match',
        'If-None-Match',
        'Idempotency-Key',
        'Dovetail-At',
        'Last-Event-ID',
        'Accept',
        'Range',
        'Origin',
      ])
      return { ...made, header: { ...parts.header, [name]: text } }
    }
    case 'caller':
      return { ...made, caller: oneOf(dice, callers) }
    case 'type':
      return { ...made, type: oneOf(dice, ['text/plain', 'application/json; charset=latin1', text]) }
    case 'unknown':
      return { ...made, query: { ...parts.query, other: text } }
  }
}

/** The same JSON with something in it replaced, taken away or added. */
export function spoilt(dice: SeededRandom, value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return oneOf(dice, oddValues)
  const keys = Object.keys(value)
  if (keys.length === 0 || isLikely(dice, 0.1)) return oneOf(dice, oddValues)
  const key = oneOf(dice, keys)
  const inside = (value as Record<string, unknown>)[key]
  if (Array.isArray(value)) return value.map((each, at) => (String(at) === key ? spoilt(dice, each) : each))
  switch (byWeight(dice, { inside: 5, away: 1, added: 1 })) {
    case 'inside':
      return { ...value, [key]: spoilt(dice, inside) }
    case 'away':
      return Object.fromEntries(Object.entries(value).filter(([name]) => name !== key))
    case 'added':
      return { ...value, [String(oneOf(dice, oddValues))]: oneOf(dice, oddValues) }
  }
}

/** Written as a part of an address; what has no UTF-8 stands there as its replacement. */
function addressed(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replaceAll('%3A', ':').replaceAll('%40', '@')
}

/** What Node's client lets into a header. */
function printable(text: string): string {
  return text.replaceAll(/[^\t\x20-\x7e\x80-\xff]/g, '?')
}
