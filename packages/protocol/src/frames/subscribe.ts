/**
 * The client sends `subscribe` (from now, `after` a cursor, or with the `last` records of some
 * collections); the reply carries the cursor, above which `changes` follow without a hole.
 */
import Type, { type Static } from 'typebox'
import { LiveRecord } from '../record.ts'
import { command } from './frame.ts'

export const Subscribe = command('subscribe', {
  channel: Type.String(),
  after: Type.Optional(Type.String()),
  last: Type.Optional(Type.Record(Type.String(), Type.Integer({ minimum: 1 }))),
  presence: Type.Optional(Type.Boolean()),
  signals: Type.Optional(Type.Boolean()),
  demand: Type.Optional(Type.Boolean()),
})
export type Subscribe = Static<typeof Subscribe>

export const PresentUser = Type.Object({
  user: Type.String(),
  since: Type.String(),
  state: Type.Optional(Type.Unknown()),
})
export type PresentUser = Static<typeof PresentUser>

export const ResetReason = Type.Union([Type.Literal('expired'), Type.Literal('epoch'), Type.Literal('ahead')])
export type ResetReason = Static<typeof ResetReason>

export const SnapshotPage = Type.Object({
  records: Type.Array(LiveRecord),
  before: Type.Union([Type.Integer(), Type.Null()]),
})
export type SnapshotPage = Static<typeof SnapshotPage>

export const SubscribeOk = Type.Object({
  channel: Type.String(),
  resume: Type.Union([Type.Literal('live'), Type.Literal('catching_up'), Type.Literal('reset')]),
  reason: Type.Optional(ResetReason),
  epoch: Type.Union([Type.String(), Type.Null()]),
  cursor: Type.String(),
  snapshot: Type.Optional(Type.Record(Type.String(), SnapshotPage)),
  presence: Type.Optional(Type.Array(PresentUser)),
})
export type SubscribeOk = Static<typeof SubscribeOk>

export const Unsubscribe = command('unsubscribe', { channel: Type.String() })
export type Unsubscribe = Static<typeof Unsubscribe>
