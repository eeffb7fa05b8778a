import { DatabaseError } from 'pg'
import { StoreUnavailable } from '../../ports/store.ts'

/** Classes of SQLSTATE that are about what was asked: asked again it fails again. */
const definite = new Set(['0A', '21', '22', '23', '42', '54'])

/** What PostgreSQL undid because of others; asked again it goes through. */
const contention = new Set(['40001', '40P01'])

export function isContention(error: unknown): boolean {
  return error instanceof DatabaseError && contention.has(error.code ?? '')
}

/** What is thrown for what the driver threw: where it is no fault of the statement, the store can't be reached now. */
export function storeError(error: unknown, doing = 'the database is not available'): unknown {
  if (error instanceof StoreUnavailable || isContention(error)) return error
  if (error instanceof DatabaseError && definite.has(error.code?.slice(0, 2) ?? '')) return error
  // Ours: the driver has no part in these.
  if (error instanceof TypeError || error instanceof RangeError) return error
  return new StoreUnavailable(`${doing}: ${reasonOf(error)}`, { cause: error })
}

/** One line for people. Where a name has several addresses, none of which answers, the error itself says nothing. */
export function reasonOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') return error.errors.map(reasonOf).join('; ')
  return error instanceof Error ? error.message : String(error)
}
