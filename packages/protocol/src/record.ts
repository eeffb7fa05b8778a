import Type, { type Static } from 'typebox'

export const Revision = Type.Integer({ minimum: 1 })

/** A live record as every door sends it. */
export const LiveRecord = Type.Object({
  id: Type.String(),
  pos: Revision,
  rev: Revision,
  author: Type.String(),
  createdAt: Type.String(),
  updatedAt: Type.String(),
  data: Type.Unknown(),
})
export type LiveRecord<Data = unknown> = Omit<Static<typeof LiveRecord>, 'data'> & { data: Data; deleted?: undefined }

/** What is left of a deleted record: no data, but its place in the log. */
export const Tombstone = Type.Object({
  id: Type.String(),
  pos: Revision,
  rev: Revision,
  deleted: Type.Literal(true),
})
export type Tombstone = Static<typeof Tombstone>

export const AnyRecord = Type.Union([Tombstone, LiveRecord])
export type AnyRecord<Data = unknown> = LiveRecord<Data> | Tombstone
