/**
 * The four writes. Each gets one reply, after its commit: the record (of a delete, the tombstone)
 * and its position `at`. The writer's own change comes to its subscriptions like everyone's; the
 * reply and the change may arrive in either order.
 */
import Type, { type Static } from 'typebox'
import { AnyRecord } from '../record.ts'
import { command } from './frame.ts'

const target = { channel: Type.String(), collection: Type.String() }
const onRecord = {
  ...target,
  recordId: Type.String(),
  ifRev: Type.Optional(Type.Integer({ minimum: 0 })),
  key: Type.Optional(Type.String()),
  author: Type.Optional(Type.String()),
}

export const Create = command('create', {
  ...target,
  data: Type.Unknown(),
  key: Type.Optional(Type.String()),
  author: Type.Optional(Type.String()),
})
export type Create = Static<typeof Create>

export const Put = command('put', { ...onRecord, data: Type.Unknown() })
export type Put = Static<typeof Put>

export const Patch = command('patch', { ...onRecord, data: Type.Unknown() })
export type Patch = Static<typeof Patch>

export const Delete = command('delete', onRecord)
export type Delete = Static<typeof Delete>

export const WriteOk = Type.Object({ record: AnyRecord, at: Type.String() })
export type WriteOk = Static<typeof WriteOk>
