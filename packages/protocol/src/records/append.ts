/** What a write appends to the text of a record: operations as those of a JSON patch (RFC 6902), with an `op` of its own. */
import Type, { type Static } from 'typebox'
import { changeTrace } from './change.ts'

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

/**
 * A change of a record that was only appended to, for a reader that asked for pieces and has the log up to where the
 * frame begins. In each string, what stands from unit `at` on is replaced by `value`; so it fits every state of the
 * record from revision `from` on.
 */
export const AppendChange = Type.Object({
  collection: Type.String({ description: 'The name of the collection.' }),
  append: Type.Object({
    id: Type.String({ description: "The record's id." }),
    from: Type.Integer({ minimum: 1, description: 'The lowest revision of the record to which this can be added.' }),
    rev: Type.Integer({ minimum: 1, description: 'The revision of the record with it.' }),
    updatedAt: Type.String({ description: 'When the record last changed: ISO 8601, UTC, in milliseconds.' }),
    pieces: Type.Array(
      Type.Object({
        path: Type.String({ description: 'A JSON pointer (RFC 6901) into the data of the record, to a string.' }),
        at: Type.Integer({ minimum: 0, description: 'Where `value` begins in that string, in UTF-16 code units.' }),
        value: Type.String({ description: 'What stands there from `at` on.' }),
      }),
      { minItems: 1, description: 'What was appended, one for each string.' },
    ),
  }),
  trace: changeTrace,
})
export type AppendChange = Static<typeof AppendChange>
