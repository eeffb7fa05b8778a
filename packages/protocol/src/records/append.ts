/** What a write appends to the text of a record: operations as those of a JSON patch (RFC 6902), with an `op` of its own. */
import Type, { type Static } from 'typebox'

export const AppendOperation = Type.Object({
  op: Type.Literal('append', { description: 'The only operation.' }),
  path: Type.String({ description: 'A JSON pointer (RFC 6901) into the data of the record, to a string.' }),
  value: Type.String({ description: 'The text that is added at the end of that string.' }),
})
export type AppendOperation = Static<typeof AppendOperation>

export const Appends = Type.Array(AppendOperation, {
  minItems: 1,
  maxItems: 100,
  description: 'What is appended, in this order.',
})
export type Appends = Static<typeof Appends>
