/** Ids: made by the server, or by the data where the collection says so. */
import { namedRecord } from '../access/address.ts'
import type { CollectionPolicy } from '../access/policy.ts'
import { Failure } from '../rules/failure.ts'
import type { WriteContext } from './context.ts'
import type { WriteCommand } from './decide.ts'

export function idFor(
  core: Pick<WriteContext, 'newId'>,
  collection: CollectionPolicy,
  command: WriteCommand,
  author: string,
): string {
  if (collection.id === null) return core.newId()
  const errors = collection.check(command.data)
  // Data that does not fit has no id of its own; it is refused where the schema has its turn.
  return errors.length > 0 ? core.newId() : namedRecord(collection.id(command.data as Record<string, unknown>, author))
}

/** Where the data makes the id, no write can put it under another. `data`: what the record would have, and fits its schema. */
export function requireOwnId(collection: CollectionPolicy, recordId: string, author: string, data: unknown): void {
  if (collection.id === null) return
  const own = collection.id(data as Record<string, unknown>, author)
  if (own === recordId) return
  throw new Failure('invalid_data', `The data belongs to the record "${own}".`, {
    errors: [{ pointer: '', message: `This data makes the record id "${own}".` }],
  })
}
