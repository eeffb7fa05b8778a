/** Validates request bodies other than records by their schema. */
import type { Static, TSchema } from 'typebox'
import type { Validator } from 'typebox/compile'
import { Failure } from '../../core/rules/failure.ts'
import { fieldErrors } from '../../core/rules/field-errors.ts'

/** The body, typed by its schema; throws `invalid_data` with a JSON pointer for each wrong field. */
export function checkedBody<Schema extends TSchema>(
  validator: Validator<Record<never, never>, Schema>,
  body: unknown,
): Static<Schema> {
  if (validator.Check(body)) return body as Static<Schema>
  const errors = fieldErrors(validator.Errors(body))
  throw new Failure('invalid_data', 'A field of the body is missing or wrong.', { errors })
}
