import { DatabaseError } from 'pg'
import { StoreUnavailable } from '../ports/store.ts'

/** Classes of SQLSTATE that are about the statement itself: repeated, it fails again. */
const definite = new Set(['0A', '21', '22', '23', '42', '54'])

/** What PostgreSQL rolled back because of other transactions; repeated, it succeeds. */
const contention = new Set(['40001', '40P01'])

export function isContention(error: unknown): boolean {
  return error instanceof DatabaseError && contention.has(error.code ?? '')
}

/**
 * The error to throw for the driver's error: an error that is not the statement's fault means that the
 * store can't be reached now.
 */
export function storeError(error: unknown, doing = 'the database is not available'): unknown {
  if (error instanceof StoreUnavailable || isContention(error)) return error
  if (error instanceof DatabaseError && definite.has(error.code?.slice(0, 2) ?? '')) return error
  // Our own errors: the driver throws none of these.
  if (error instanceof TypeError || error instanceof RangeError) return error
  return new StoreUnavailable(`${doing}: ${reasonOf(error)}`, { cause: error })
}

/**
 * The error as one line for people. Where a name has several addresses and none answers, the outer error
 * has no message.
 */
export function reasonOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') return error.errors.map(reasonOf).join('; ')
  return error instanceof Error ? error.message : String(error)
}
