import Type from 'typebox'
import { AnyRecord } from './record.ts'

/** A change is an upsert; its revision is `record.rev`. */
export const Change = Type.Object({ collection: Type.String(), record: AnyRecord })
export interface Change<Data = unknown> {
  collection: string
  record: AnyRecord<Data>
}
