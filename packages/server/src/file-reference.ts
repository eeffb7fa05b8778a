import { FileReference } from 'dovetail-protocol'
import Type from 'typebox'
import { fileMark } from './core/rules/file-fields.ts'

/** The type of a field that refers to a file of the channel: `{ id, name, type, size, width?, height?, alt? }`. */
export function fileReference() {
  return Type.Object(FileReference.properties, { [fileMark]: true })
}
