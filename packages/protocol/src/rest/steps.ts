/** What walks in steps have in common: each reply says where the next request goes on. */
import Type, { type Static } from 'typebox'
import { nullable } from '../nullable.ts'

export const StepRequest = Type.Object({
  after: Type.Optional(Type.String({ description: 'The `after` of the step before; absent: the first step.' })),
})
export type StepRequest = Static<typeof StepRequest>

export const after = nullable(Type.String({ description: 'Where the next step goes on; null: that was all.' }))
export const looked = Type.Integer({ description: 'Roughly how many records this step has looked at.' })
