/** Says in one line why this database user can't prepare the schema, with the statement that mends it. */
import { DatabaseError, escapeIdentifier } from 'pg'
import type { RawLink } from './connections.ts'

const insufficientPrivilege = '42501'
const readOnly = '25006'

/** The error to show in place of the database's own; the same error where there is nothing to add. */
export async function explained(error: unknown, ask: RawLink['query']): Promise<unknown> {
  const cause = error instanceof DatabaseError ? error : (error as { cause?: unknown } | null)?.cause
  if (!(cause instanceof DatabaseError)) return error
  if (cause.code === insufficientPrivilege) return lineOf(cause, `an administrator has to run: ${await grant(ask)}`)
  if (cause.code === readOnly) return lineOf(cause, await whyReadOnly(ask))
  return error
}

function lineOf(cause: DatabaseError, remedy: string): Error {
  return new Error(`${cause.message}; ${remedy}`, { cause })
}

/** A schema of one's own gives every right to it; one of somebody else, that role. */
async function grant(ask: RawLink['query']): Promise<string> {
  const [row] = await ask(
    `SELECT current_user, (SELECT nspowner::regrole::text FROM pg_namespace WHERE nspname = 'dovetail')`,
  )
  const user = escapeIdentifier(String(row?.[0]))
  const owner = row?.[1] ?? null
  // regrole is quoted already where it has to be.
  return owner === null ? `CREATE SCHEMA dovetail AUTHORIZATION ${user}` : `GRANT ${owner} TO ${user}`
}

async function whyReadOnly(ask: RawLink['query']): Promise<string> {
  const [row] = await ask(
    `SELECT pg_is_in_recovery(), current_database(), session_user,
       (SELECT source FROM pg_settings WHERE name = 'default_transaction_read_only')`,
  )
  if (row?.[0] === true) return 'it is a standby: name the primary, or every host, as in postgres://one:5432,two:5432/…'
  return `an administrator has to run: ${writableAgain(String(row?.[3]), String(row?.[1]), String(row?.[2]))}`
}

function writableAgain(source: string, database: string, user: string): string {
  const [ofDatabase, ofUser] = [escapeIdentifier(database), escapeIdentifier(user)]
  switch (source) {
    case 'database':
      return `ALTER DATABASE ${ofDatabase} RESET default_transaction_read_only`
    case 'user':
      return `ALTER ROLE ${ofUser} RESET default_transaction_read_only`
    case 'database user':
      return `ALTER ROLE ${ofUser} IN DATABASE ${ofDatabase} RESET default_transaction_read_only`
    default:
      return 'ALTER SYSTEM SET default_transaction_read_only = off; SELECT pg_reload_conf()'
  }
}
