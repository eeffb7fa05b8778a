/**
 * `subscribe` starts to follow a channel: from now on, from the cursor `after`, or with a snapshot of the `last` records
 * of some collections. The reply carries a cursor; the `changes` events continue from there without a gap.
 */
import Type, { type Static } from 'typebox'
import { LiveRecord, TruncatedRecord } from '../records/record.ts'
import { command, maxBytes } from './frame.ts'

export const Subscribe = command('subscribe', {
  channel: Type.String({ description: 'The name of the channel.' }),
  after: Type.Optional(Type.String({ description: 'The cursor to continue from; absent: from now on.' })),
  last: Type.Optional(
    Type.Record(Type.String(), Type.Integer({ minimum: 1 }), {
      description: 'The number of newest records to send in the snapshot, by the name of the collection.',
    }),
  ),
  presence: Type.Optional(
    Type.Boolean({ description: 'Whether to send `presence` events too, and make the caller present.' }),
  ),
  signals: Type.Optional(Type.Boolean({ description: 'Whether to send `signal` events too.' })),
  demand: Type.Optional(
    Type.Boolean({ description: 'Whether to send `demand` events too; only for `service` callers.' }),
  ),
  appends: Type.Optional(
    Type.Boolean({ description: 'Whether a record that was only appended to may come as the pieces that were added.' }),
  ),
  traces: Type.Optional(Type.Boolean({ description: 'Whether a change that is traced comes with `trace`.' })),
  maxBytes,
})
export type Subscribe = Static<typeof Subscribe>

export const PresentUser = Type.Object({
  user: Type.String({ description: 'The name of the user.' }),
  since: Type.String({ description: 'When the user became present: ISO 8601, UTC, in milliseconds.' }),
  state: Type.Optional(
    Type.Unknown({ description: 'What others see of the user: any JSON; absent: no state was set.' }),
  ),
})
export type PresentUser = Static<typeof PresentUser>

export const ResetReason = Type.Union([Type.Literal('expired'), Type.Literal('epoch'), Type.Literal('ahead')], {
  description:
    'Why the cursor can not be continued. `expired`: it is older than the tombstones that the store keeps; `epoch`: the log has another epoch; `ahead`: it is above the head.',
})
export type ResetReason = Static<typeof ResetReason>

export const SnapshotPage = Type.Object({
  records: Type.Array(Type.Unsafe<LiveRecord>(Type.Union([LiveRecord, TruncatedRecord])), {
    description:
      'The newest records of the collection, in rising `pos`: as many as were asked for, or as fit the reply.',
  }),
  before: Type.Union([Type.Integer(), Type.Null()], {
    description:
      'The `before` parameter of the page of earlier records, those that did not fit among them; null: there are none.',
  }),
})
export type SnapshotPage = Static<typeof SnapshotPage>

export const SubscribeOk = Type.Object({
  channel: Type.String({ description: 'The name of the channel.' }),
  resume: Type.Union([Type.Literal('live'), Type.Literal('catching_up'), Type.Literal('reset')], {
    description:
      '`live`: the reader has the head; `catching_up`: changes follow at once; `reset`: `after` can not be continued.',
  }),
  reason: Type.Optional(ResetReason),
  epoch: Type.Union([Type.String(), Type.Null()], {
    description: 'The epoch of the log; null: nobody has written to the channel.',
  }),
  cursor: Type.String({ description: 'The cursor from which the `changes` events continue.' }),
  snapshot: Type.Optional(
    Type.Record(Type.String(), SnapshotPage, { description: 'With `last`: a page by the name of each collection.' }),
  ),
  presence: Type.Optional(
    Type.Array(PresentUser, { description: 'With `presence`: the users who are present, the caller among them.' }),
  ),
})
export type SubscribeOk = Static<typeof SubscribeOk>

export const Unsubscribe = command('unsubscribe', { channel: Type.String({ description: 'The name of the channel.' }) })
export type Unsubscribe = Static<typeof Unsubscribe>
