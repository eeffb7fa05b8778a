/** Query parameters: whole numbers in their range, or `invalid_query`. */
import { Failure } from '../../core/failure.ts'

/** A parameter given twice is refused: which one counts would be a guess. */
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

/** Part of a name, or one to go on after; empty where it is not given. Text that can't be in a name is refused: not every store takes it. */
export function nameParam(query: unknown, name: string): string {
  const text = textParam(query, name) ?? ''
  if (/^[A-Za-z0-9_.:~@+-]{0,128}$/.test(text)) return text
  throw new Failure('invalid_query', `"${name}" is up to 128 of the characters of names: A-Z a-z 0-9 _ . : ~ @ + -.`)
}
