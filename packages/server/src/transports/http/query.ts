/** Parses query parameters; a malformed one, or one outside its range, throws `invalid_query`. */
import { nameBeginningPattern } from 'dovetail-protocol'
import { Failure } from '../../core/rules/failure.ts'

/** A parameter that says nothing, with which clients make a URL that no cache has. */
const forCaches = '_'

/** Refuses a parameter that this request does not have: one that was passed over would narrow nothing. */
export function requireKnownParams(query: unknown, known: ReadonlySet<string>): void {
  for (const name of Object.keys(query as object)) {
    if (known.has(name) || name === forCaches) continue
    const there = known.size === 0 ? 'there is none here' : `here are ${[...known].join(', ')}`
    throw new Failure('invalid_query', `There is no query parameter "${name}"; ${there}.`)
  }
}

/** Refuses a parameter that is given twice, because it is not clear which value counts. */
export function textParam(query: unknown, name: string): string | undefined {
  const value = (query as Record<string, unknown>)[name]
  if (value === undefined || typeof value === 'string') return value
  throw new Failure('invalid_query', `"${name}" is given more than once.`)
}

export function wholeParam(query: unknown, name: string, min: number, max: number): number | undefined {
  const text = textParam(query, name)
  if (text === undefined) return undefined
  const value = /^[0-9]{1,16}$/.test(text) ? Number(text) : Number.NaN
  if (value >= min && value <= max) return value
  throw new Failure('invalid_query', `"${name}" must be a whole number from ${min} to ${max}.`)
}

export function numberParam(query: unknown, name: string, min: number, max: number): number | undefined {
  const text = textParam(query, name)
  if (text === undefined) return undefined
  const value = /^[0-9]{1,9}(\.[0-9]{1,3})?$/.test(text) ? Number(text) : Number.NaN
  if (value >= min && value <= max) return value
  throw new Failure('invalid_query', `"${name}" must be a number from ${min} to ${max}.`)
}

export function flagParam(query: unknown, name: string): boolean {
  const text = textParam(query, name)
  if (text === undefined || text === '0' || text === 'false') return false
  if (text === '1' || text === 'true') return true
  throw new Failure('invalid_query', `"${name}" must be 1 or 0.`)
}

/**
 * A prefix of names, or a name to continue after; empty where absent. Text that no name can contain is refused, because
 * not every store accepts it.
 */
export function nameParam(query: unknown, name: string): string {
  const text = textParam(query, name) ?? ''
  if (nameBeginningPattern.test(text)) return text
  throw new Failure('invalid_query', `"${name}" is up to 128 of the characters of names: A-Z a-z 0-9 _ . : ~ @ + -.`)
}
