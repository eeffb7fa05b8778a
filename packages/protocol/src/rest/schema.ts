import Type, { type Static } from 'typebox'
import { after, looked } from './steps.ts'

export const SchemaUpgradeReply = Type.Object({
  written: Type.Integer({ description: 'Records that this step has written in their newest shape.' }),
  looked,
  after,
})
export type SchemaUpgradeReply = Static<typeof SchemaUpgradeReply>
