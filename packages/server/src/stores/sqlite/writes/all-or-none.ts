import type { Database } from '../driver/driver.ts'

/** Runs a change within a transaction. Where it throws, nothing of it stays, and the transaction goes on. */
export function allOrNone<Result>(database: Database, change: () => Result): Result {
  database.exec('SAVEPOINT part')
  try {
    const result = change()
    database.exec('RELEASE part')
    return result
  } catch (error) {
    // A full disk may have rolled back the whole transaction already.
    if (database.isTransaction) database.exec('ROLLBACK TO part; RELEASE part')
    throw error
  }
}
