/** What a schema finds wrong, as sentences for people: short, in one tone, with the right plural. */
import type { FieldError } from 'dovetail-protocol'
import { escapePointer } from './json.ts'

/** An error of the schema library. */
export interface SchemaError {
  readonly keyword: string
  readonly instancePath: string
  readonly message: string
  readonly params: object
}

const maxErrors = 20

export function fieldErrors(errors: Iterable<SchemaError>): FieldError[] {
  return withoutEchoes(foldAlternatives([...errors]))
    .slice(0, maxErrors)
    .flatMap(fieldErrorsOf)
}

/** For a value that fits no alternative of a union, each alternative gives an error, then the union: this makes them one. */
function foldAlternatives(errors: readonly SchemaError[]): SchemaError[] {
  let kept: SchemaError[] = []
  for (const error of errors) {
    if (error.keyword !== 'anyOf' && error.keyword !== 'oneOf') {
      kept.push(error)
      continue
    }
    const { instancePath } = error
    const isPart = (each: SchemaError) => `${each.instancePath}/`.startsWith(`${instancePath}/`)
    const parts = kept.filter(isPart)
    kept = [...kept.filter((each) => !isPart(each)), { ...error, params: { parts } }]
  }
  // Bounds of what is of another type say nothing.
  const mistyped = new Set(kept.flatMap(({ keyword, instancePath }) => (keyword === 'type' ? [instancePath] : [])))
  return kept.filter(({ keyword, instancePath }) => keyword === 'type' || !mistyped.has(instancePath))
}

/** Errors that only repeat another one: a field that may not be there is named by another, and so is what a condition wants. */
function withoutEchoes(errors: readonly SchemaError[]): SchemaError[] {
  const plain = errors.filter(({ keyword }) => keyword !== 'boolean' && keyword !== 'if')
  const isNamed = plain.some(({ keyword }) => keyword === 'additionalProperties')
  return errors.filter(({ keyword }) => {
    if (keyword === 'boolean') return !isNamed
    return keyword !== 'if' || plain.length === 0
  })
}

interface Params {
  readonly requiredProperties?: readonly string[]
  readonly additionalProperties?: readonly string[]
  readonly limit?: number
  readonly multipleOf?: number
  readonly type?: string | readonly string[]
  readonly allowedValue?: unknown
  readonly allowedValues?: readonly unknown[]
  readonly format?: string
  readonly parts?: readonly SchemaError[]
}

function fieldErrorsOf(error: SchemaError): FieldError[] {
  const { keyword, instancePath } = error
  const params = error.params as Params
  const below = (fields: readonly string[] | undefined, message: string) =>
    (fields ?? []).map((field) => ({ pointer: `${instancePath}/${escapePointer(field)}`, message }))
  switch (keyword) {
    case 'required':
      return below(params.requiredProperties, 'This field is required.')
    case 'additionalProperties':
      return below(params.additionalProperties, 'There is no such field here.')
    default:
      return [{ pointer: instancePath, message: sentence(error, params) }]
  }
}

function sentence({ keyword, message }: SchemaError, params: Params): string {
  const { limit = 0, parts = [] } = params
  switch (keyword) {
    case 'minLength':
      return `Write at least ${counted(limit, 'character')}.`
    case 'maxLength':
      return `Write at most ${counted(limit, 'character')}.`
    case 'minItems':
      return `Give at least ${counted(limit, 'entry', 'entries')}.`
    case 'maxItems':
      return `Give at most ${counted(limit, 'entry', 'entries')}.`
    case 'minProperties':
      return `Give at least ${counted(limit, 'field')}.`
    case 'maxProperties':
      return `Give at most ${counted(limit, 'field')}.`
    case 'uniqueItems':
      return 'No entry may be given twice.'
    case 'minimum':
      return `This must be ${limit} or more.`
    case 'maximum':
      return `This must be ${limit} or less.`
    case 'exclusiveMinimum':
      return `This must be more than ${limit}.`
    case 'exclusiveMaximum':
      return `This must be less than ${limit}.`
    case 'multipleOf':
      return `This must be a multiple of ${params.multipleOf}.`
    case 'type':
      return `This must be ${listed([params.type ?? ''].flat().map((type) => typeNames[type] ?? type))}.`
    case 'const':
      return `This must be ${valueText(params.allowedValue)}.`
    case 'enum':
      return `This must be ${listed((params.allowedValues ?? []).map(valueText))}.`
    case 'pattern':
      return 'This does not have the form that it must have.'
    case 'format':
      return params.format === 'email' ? 'This is no e-mail address.' : `This is no valid ${params.format}.`
    case 'boolean':
      return 'This may not be here.'
    case 'if':
      return 'This does not fit the rest of the data.'
    case 'anyOf':
    case 'oneOf':
      return alternatives(parts)
    default:
      return `${message.charAt(0).toUpperCase()}${message.slice(1)}.`
  }
}

function alternatives(parts: readonly SchemaError[]): string {
  const values = parts.flatMap(({ keyword, params }) =>
    keyword === 'const' ? [valueText((params as Params).allowedValue)] : [],
  )
  if (values.length > 0) return `This must be ${listed(values)}.`
  const types = parts.flatMap(({ keyword, params }) => (keyword === 'type' ? ((params as Params).type ?? []) : []))
  const isAllTypes = types.length > 0 && parts.every(({ keyword }) => keyword === 'type')
  if (isAllTypes) return `This must be ${listed(types.map((type) => typeNames[type] ?? type))}.`
  return 'This has none of the forms that it may have.'
}

const typeNames: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  object: 'an object',
  array: 'a list',
  null: 'null',
}

function counted(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en')} ${count === 1 ? one : many}`
}

/** a · a or b · a, b or c */
function listed(words: readonly string[]): string {
  const unique = [...new Set(words)]
  const last = unique.at(-1) ?? ''
  return unique.length < 2 ? last : `${unique.slice(0, -1).join(', ')} or ${last}`
}

function valueText(value: unknown): string {
  return JSON.stringify(value)
}
