/**
 * What flows after a subscribe: `changes` take the reader from revision `from` to `to`; `reset`
 * voids what it holds; `ended` says that it is no longer subscribed.
 */
import Type, { type Static } from 'typebox'
import { Change } from '../change.ts'
import { event } from './frame.ts'
import { ResetReason } from './subscribe.ts'

export const Changes = event('changes', {
  channel: Type.String(),
  from: Type.Integer({ minimum: 0 }),
  to: Type.Integer({ minimum: 0 }),
  epoch: Type.Optional(Type.String()),
  changes: Type.Array(Change),
})
export type Changes = Static<typeof Changes>

export const Reset = event('reset', {
  channel: Type.String(),
  reason: ResetReason,
  epoch: Type.Union([Type.String(), Type.Null()]),
  cursor: Type.String(),
})
export type Reset = Static<typeof Reset>

export const EndedReason = Type.Union([Type.Literal('forbidden'), Type.Literal('deleted')])
export type EndedReason = Static<typeof EndedReason>

export const Ended = event('ended', { channel: Type.String(), reason: EndedReason })
export type Ended = Static<typeof Ended>
