/** What may be stored: text, size and schema, refused in this order. */
import type { Limits } from 'dovetail-protocol'
import { encodeJson, type JsonText } from '../../wire/json-text.ts'
import { Failure } from '../rules/failure.ts'
import { hasForbiddenText, infiniteNumberIn } from '../rules/json.ts'
import type { CollectionPolicy } from './policy.ts'

/** The data as the JSON text that is stored, or a refusal. */
export function checkedText(data: unknown, collection: CollectionPolicy, limits: Limits): JsonText {
  const text = checkedPayload(data, limits)
  const errors = collection.check(data)
  if (errors.length > 0) {
    throw new Failure('invalid_data', `The data does not fit the schema of "${collection.name}".`, { errors })
  }
  return text
}

/** Text and size alone, for payloads that have no schema (patches before they are merged, signals, states). */
export function checkedPayload(data: unknown, limits: Limits, maxBytes: number = limits.recordBytes): JsonText {
  if (data === undefined) throw wrongAt('', 'The data is missing.')
  const text = encodeJson(data)
  if (hasForbiddenText(text)) {
    throw new Failure('invalid_text', 'A lone surrogate or U+0000 stands in the text; neither is storable Unicode.')
  }
  const bytes = text.length * 3 <= maxBytes ? text.length : Buffer.byteLength(text)
  if (bytes > maxBytes) throw new Failure('too_large', `The data takes ${bytes} bytes; ${maxBytes} are allowed.`)
  const infinite = text.includes('null') ? infiniteNumberIn(data) : null
  if (infinite !== null) throw wrongAt(infinite, 'A number is too large for an IEEE double.')
  return text
}

/** `invalid_data` whose one error says it all. `pointer`: a JSON pointer into what was sent. */
export function wrongAt(pointer: string, message: string): Failure {
  return new Failure('invalid_data', message, { errors: [{ pointer, message }] })
}
