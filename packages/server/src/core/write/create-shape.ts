import { Failure } from '../rules/failure.ts'

/** A create names no record and knows no revision: where it does, a put was meant, and to overlook it would write another record. */
export function requireCreateShape(fields: { readonly recordId?: unknown; readonly ifRev?: unknown }): void {
  const errors = [
    ...(fields.recordId === undefined ? [] : [{ pointer: '/recordId', message: 'A create has no record id.' }]),
    ...(fields.ifRev === undefined ? [] : [{ pointer: '/ifRev', message: 'A create has no revision before it.' }]),
  ]
  if (errors.length > 0) throw new Failure('invalid_data', 'A create has a field that it can not have.', { errors })
}
