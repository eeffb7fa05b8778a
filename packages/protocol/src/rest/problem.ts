/** The body of a refused request. */
import Type, { type Static } from 'typebox'
import { errorMembers, requestId } from '../frames/down.ts'
import { ResetReason } from '../frames/subscribe.ts'

/** A problem document (RFC 9457). */
export const Problem = Type.Object({
  type: Type.String({ description: 'A URI that names the code.' }),
  title: Type.String({ description: 'What the code means.' }),
  status: Type.Integer({ description: 'The HTTP status.' }),
  ...errorMembers,
  reason: Type.Optional(ResetReason),
  cursor: Type.Optional(Type.String({ description: 'The cursor to continue from: `<epoch>.<revision>`, or `0`.' })),
  requestId,
})
export type Problem = Static<typeof Problem>
