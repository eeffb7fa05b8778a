/** What the replies of walks in steps have in common. */
import Type from 'typebox'
import { nullable } from '../nullable.ts'

export const after = nullable(Type.String({ description: 'Where the next step goes on; null: that was all.' }))
export const looked = Type.Integer({ description: 'Roughly how many records this step has looked at.' })
