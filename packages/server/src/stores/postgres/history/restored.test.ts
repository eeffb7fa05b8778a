/** A dump that is loaded into another server, and a database user who may not ask the server who it is: real servers. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Postgres, startPostgres, startStandby, startTcpSwitch } from 'dovetail-lab/services'
import { expect, onTestFinished, test, vi } from 'vitest'
import { create as record, unit } from '../../../ports/store-contract/store.fixture.ts'
import { openPostgresStore } from '../open.ts'

/** Each test starts two servers. */
vi.setConfig({ testTimeout: 120_000 })

const channel = 'chat:general'

type Opened = Awaited<ReturnType<typeof openPostgresStore>>

const kept = <Part extends { stop(): Promise<unknown> }>(part: Part): Part => {
  onTestFinished(async () => void (await part.stop()))
  return part
}

async function opened(url: string) {
  const notices: string[] = []
  const store = await openPostgresStore({ url, readers: 2, onNewHistory: (line) => notices.push(line) })
  onTestFinished(() => store.close())
  return { store, notices }
}

async function write(store: Opened, ids: readonly string[]): Promise<void> {
  for (const id of ids) expect((await store.commit([unit([record(id)])]))[0]).toMatchObject({ kind: 'committed' })
}

const epochOf = async (store: Opened): Promise<string> => (await store.channel(channel))?.epoch ?? 'none'

async function temporaryFile(name: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'dovetail-dump-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return join(folder, name)
}

/** Loads a dump of the one server into the other. */
async function copyTo(from: Postgres, to: Postgres): Promise<void> {
  const file = await temporaryFile('dump')
  await from.dump(file)
  await to.restore(file)
}

/** A role that may use the schema, but may not ask the server who it is. */
const limited = `
  CREATE ROLE limited LOGIN;
  GRANT USAGE ON SCHEMA dovetail TO limited;
  GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA dovetail TO limited;
  REVOKE EXECUTE ON FUNCTION pg_control_system() FROM PUBLIC;
  REVOKE EXECUTE ON FUNCTION pg_walfile_name(pg_lsn) FROM PUBLIC`

const asLimited = (url: string): string => url.replace('dovetail@', 'limited@')

test.each([
  ['who may ask for the identity of the server', false],
  ['who may not ask for the identity of the server', true],
])('[MOD17, P2] a dump that is loaded into another server has new epochs for a user %s', async (_user, isLimited) => {
  const [one, other] = [kept(await startPostgres({ fsync: false })), kept(await startPostgres({ fsync: false }))]
  const { store: first } = await opened(one.url)
  await write(first, ['a', 'b'])
  const before = await epochOf(first)
  await copyTo(one, other)
  await write(first, ['lost'])
  if (isLimited) await other.psql(limited)
  const { store, notices } = await opened(isLimited ? asLimited(other.url) : other.url)
  const after = await epochOf(store)
  expect(after).not.toBe(before)
  expect(notices.at(-1)).toMatch(/^another history of the database \(its rows were copied from another database\): /)
  const { mark } = await store.touched(null)
  await write(store, ['c'])
  expect(await store.channel(channel)).toMatchObject({ epoch: after, head: 3 })
  expect(await store.touched(mark)).toMatchObject({ channels: [{ name: channel, epoch: after, head: 3 }] })
  await store.close()
  const again = await opened(other.url)
  expect([await epochOf(again.store), again.notices]).toEqual([after, []])
  expect(await epochOf(first)).toBe(before)
})

test('[P2] a user who may not ask for the identity of the server is told so with the statement to run, once', async () => {
  const server = kept(await startPostgres({ fsync: false }))
  await (await opened(server.url)).store.close()
  await server.psql(limited)
  const { store, notices } = await opened(asLimited(server.url))
  await write(store, ['a'])
  await store.touched(null)
  const statement = 'GRANT EXECUTE ON FUNCTION pg_control_system(), pg_walfile_name(pg_lsn) TO "limited"'
  expect(notices).toEqual([
    'the database user limited may not call pg_control_system() and pg_walfile_name(pg_lsn), so that not every ' +
      `database put in the place of another is noticed; an administrator has to run: ${statement}`,
  ])
  const before = await epochOf(store)
  await server.psql(statement)
  const allowed = await opened(asLimited(server.url))
  expect([await epochOf(allowed.store), allowed.notices]).toEqual([before, []])
})

test('[MOD17, P2] a promoted standby that lacks commits is noticed for such a user too, by a node that saw them', async () => {
  const primary = kept(await startPostgres({ fsync: false }))
  await (await opened(primary.url)).store.close()
  await primary.psql(limited)
  const standby = kept(await startStandby(primary, { fsync: false }))
  const address = kept(await startTcpSwitch(primary.port))
  const { store, notices } = await opened(asLimited(primary.url.replace(`:${primary.port}/`, `:${address.port}/`)))
  await write(store, ['a'])
  const before = await epochOf(store)
  await standby.caughtUp()
  await standby.detach()
  await write(store, ['lost'])
  await store.touched(null)
  address.to(standby.port)
  await standby.promote()
  await expect.poll(() => epochOf(store).catch(() => before), { timeout: 60_000 }).not.toBe(before)
  expect(notices.at(-1)).toMatch(/^another history of the database \(it lacks commits that this node saw\): /)
})
