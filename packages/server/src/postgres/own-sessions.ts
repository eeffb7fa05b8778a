/**
 * A node needs connections of its own: it listens, prepares statements and sets how they are planned, for as long as a
 * connection lives. A pooler that lends its connections for one transaction gives such settings to whoever comes next,
 * and statements to connections that do not know them. So that is found out before anything is set.
 */
import pg from 'pg'
import { StoreUnavailable } from '../ports/store.ts'
import { reasonOf, storeError } from './failure.ts'
import { type Hosts, hostOf } from './hosts.ts'

/** Asks the first host that answers: they are taken to be behind the same pooler, or behind none. */
export async function requireOwnSessionsOfAny(hosts: Hosts, connectMs: number): Promise<void> {
  const refusals: string[] = []
  for (const url of hosts.urls) {
    try {
      await requireOwnSessions(url, connectMs)
      return
    } catch (error) {
      if (hosts.urls.length === 1 || error instanceof StoreUnavailable) throw storeError(error)
      refusals.push(`${hostOf(url)}: ${reasonOf(error)}`)
    }
  }
  throw new StoreUnavailable(`no host answers: ${refusals.join('; ')}`)
}

/**
 * Two connections that are open at once have a server process each. Through such a pooler they are given the same one,
 * since neither is within a transaction, or each question of one gets another.
 */
async function requireOwnSessions(connectionString: string, connectMs: number): Promise<void> {
  const options = { connectionString, connectionTimeoutMillis: connectMs, query_timeout: connectMs }
  const both = [new pg.Client(options), new pg.Client(options)] as const
  for (const client of both) client.on('error', () => undefined)
  try {
    await both[0].connect()
    await both[1].connect()
    const seen: [number, number][] = []
    for (let round = 0; round < rounds; round++) seen.push([await processOf(both[0]), await processOf(both[1])])
    if (areTheirOwn(seen)) return
    throw new StoreUnavailable(
      'a pooler lends its connections for one transaction (PgBouncer: pool_mode=transaction or statement), and connections of its own are needed: set pool_mode=session, or connect to PostgreSQL itself',
    )
  } finally {
    await Promise.all(both.map((client) => client.end().catch(() => undefined)))
  }
}

/** Whether the answers of two connections, round by round, come from two processes that stay the same. */
export function areTheirOwn(rounds: readonly (readonly [number, number])[]): boolean {
  const [first] = rounds
  if (first === undefined || first[0] === first[1]) return false
  return rounds.every(([one, other]) => one === first[0] && other === first[1])
}

/** A pooler with several idle connections may hand them out in turn. */
const rounds = 3

async function processOf(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')
  return rows[0]?.pid ?? 0
}
