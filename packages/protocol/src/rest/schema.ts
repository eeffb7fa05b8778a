import Type, { type Static } from 'typebox'
import { after, looked } from './steps.ts'

export const SchemaUpgradeRequest = Type.Object({
  after: Type.Optional(Type.String({ description: 'The `after` of the step before; absent: the first step.' })),
})
export type SchemaUpgradeRequest = Static<typeof SchemaUpgradeRequest>

export const SchemaUpgradeReply = Type.Object({
  written: Type.Integer({ description: 'Records that this step has written in their newest shape.' }),
  looked,
  after,
})
export type SchemaUpgradeReply = Static<typeof SchemaUpgradeReply>
