import { expect, onTestFinished, test } from 'vitest'
import { presenceContract } from '../../ports/presence.contract.ts'
import type { PresenceStore } from '../../ports/presence.ts'
import { StoreUnavailable } from '../../ports/store.ts'
import { databasesOfNodes, openNode } from './nodes.fixture.ts'

const { server, create } = databasesOfNodes()

async function openPair() {
  const database = await create()
  const [near, far] = await Promise.all([openNode(database), openNode(database)])
  return {
    database,
    near: near.presence,
    far: far.presence,
    /** Sets every lease to expired. */
    elapse: async () => {
      await server().psql('UPDATE dovetail.presence_nodes SET until = now()', database.name)
    },
    close: async () => {
      await near.backbone.close()
      await far.backbone.close()
    },
  }
}

async function opened() {
  const pair = await openPair()
  onTestFinished(() => pair.close())
  return pair
}

presenceContract('presence in PostgreSQL', openPair)

const here = (user: string, connections = 1) => ({
  room: 'chat:a',
  user,
  connections,
  since: 5,
  state: null,
  stateAt: 0,
})
const users = async (store: PresenceStore, version: string | null = null) => {
  const [moves] = await store.moves([{ room: 'chat:a', version }])
  return { version: moves?.version ?? '', extent: moves?.extent, users: moves?.users.map(({ user }) => user).sort() }
}

test('a database that crashed has lost who is present: nothing of it is read before the lease is taken anew, and no user can be published without', {
  timeout: 60_000,
}, async () => {
  const { near, far } = await opened()
  await near.beat()
  await far.beat()
  await near.publish([here('ana')])
  const before = await users(far)
  expect(before.users).toEqual(['ana'])
  await server().kill()
  await server().restart()
  const failure = async (call: () => Promise<unknown>) =>
    await call().then(
      () => 'none',
      (error: Error) => (error instanceof StoreUnavailable ? error.message : `another: ${error.message}`),
    )
  await expect.poll(() => failure(() => near.publish([here('bob')])), { timeout: 20_000 }).toMatch(/lease/)
  // Somebody else has begun the new run.
  await expect.poll(() => failure(() => users(far, before.version)), { timeout: 20_000 }).toMatch(/has lost/)
  expect([await near.beat(), await far.beat()]).toEqual(['lost', 'lost'])
  await near.publish([here('bob')])
  expect(await users(far, before.version)).toMatchObject({ extent: 'all', users: ['bob'] })
})

test('a node that was removed for its silence publishes nothing before it has a lease again', async () => {
  const { near, far, elapse } = await opened()
  await near.beat()
  await near.publish([here('ana'), here('bob')])
  await elapse()
  await far.beat()
  await expect(near.publish([here('ana', 2)])).rejects.toThrow(StoreUnavailable)
  expect((await users(far)).users).toEqual([])
  expect(await near.beat()).toBe('lost')
  await near.publish([here('ana'), here('bob')])
  expect((await users(far)).users).toEqual(['ana', 'bob'])
})

test('users who left are forgotten after a minute; who read before that is given everybody', async () => {
  const { near, far, database } = await opened()
  await near.publish([here('ana'), here('bob')])
  const { version } = await users(far)
  await near.publish([here('ana', 0)])
  const rows = () => server().psql('SELECT username FROM dovetail.presence ORDER BY 1', database.name)
  await far.beat()
  expect(await rows()).toBe('ana\nbob')
  await server().psql(`UPDATE dovetail.presence SET moved_at = now() - interval '61 seconds'`, database.name)
  await far.beat()
  expect(await rows()).toBe('bob')
  const after = await users(far, version)
  expect(after).toMatchObject({ extent: 'all', users: ['bob'] })
  expect(await users(far, after.version)).toMatchObject({ extent: 'moved', users: [] })
})

test('a read waits for a publication under way, so that no later one hides it', async () => {
  const { near, far, database } = await opened()
  await near.publish([here('ana')])
  const { version } = await users(far)
  const { default: pg } = await import('pg')
  const client = new pg.Client(database.url)
  await client.connect()
  onTestFinished(() => client.end())
  await client.query('BEGIN')
  await client.query(`SELECT dovetail.presence_publish('other', '1 hour', true, ARRAY['chat:a'], ARRAY['bob'],
    ARRAY[1], ARRAY[5]::bigint[], ARRAY[NULL]::text[], ARRAY[0]::bigint[])`)
  const reading = users(far, version)
  const waits = () =>
    server().psql(`SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted`, database.name)
  await expect.poll(waits, { timeout: 3500 }).toBe('1')
  await client.query('COMMIT')
  expect((await reading).users).toEqual(['bob'])
})
