/** What this database user may ask the server about its identity. */
import { DatabaseError, escapeIdentifier } from 'pg'
import type { RawLink } from '../connection/connections.ts'

interface Asked {
  /** The function with its parameters, as GRANT names it. */
  readonly signature: string
  readonly column: string
}

const system: Asked = {
  signature: 'pg_control_system()',
  column: '(SELECT system_identifier::text FROM pg_control_system())',
}
const timeline: Asked = {
  signature: 'pg_walfile_name(pg_lsn)',
  /** The first eight characters of the name of the present log file. */
  column: 'left(pg_walfile_name(pg_current_wal_lsn()), 8)',
}
const notKnown = "''"

/** PostgreSQL's codes: insufficient privilege; a function that is missing; one that is not supported. */
const forbidden = '42501'
const refusals = [forbidden, '42883', '0A000']

export interface IdentityColumns {
  /** The server's system identifier and its timeline as columns; `''` where they can't be asked. */
  readonly system: string
  readonly timeline: string
  /** One line for people where this user may not ask, with the statement that lets it; `null`: it may. */
  readonly line: string | null
}

export async function identityColumns(link: RawLink): Promise<IdentityColumns> {
  const codes = { system: await codeOf(link, system), timeline: await codeOf(link, timeline) }
  const missing = [
    ...(codes.system === forbidden ? [system] : []),
    ...(codes.timeline === forbidden ? [timeline] : []),
  ].map(({ signature }) => signature)
  return {
    system: codes.system === null ? system.column : notKnown,
    timeline: codes.timeline === null ? timeline.column : notKnown,
    line: missing.length === 0 ? null : await lineOf(link, missing),
  }
}

/** The code with which the column is refused; `null`: it is answered. */
async function codeOf(link: RawLink, { column }: Asked): Promise<string | null> {
  try {
    await link.query(`SELECT ${column}`)
    return null
  } catch (error) {
    if (error instanceof DatabaseError && error.code !== undefined && refusals.includes(error.code)) return error.code
    throw error
  }
}

async function lineOf(link: RawLink, functions: readonly string[]): Promise<string> {
  const [row] = await link.query('SELECT current_user')
  const user = String(row?.[0])
  return (
    `the database user ${user} may not call ${functions.join(' and ')}, so that not every database put in ` +
    `the place of another is noticed; an administrator has to run: GRANT EXECUTE ON FUNCTION ${functions.join(', ')} ` +
    `TO ${escapeIdentifier(user)}`
  )
}
