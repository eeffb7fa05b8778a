/** This version on data that earlier versions wrote: real processes, killed and started again. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ChangesReply, WriteOk } from 'dovetail-protocol'
import { describe, expect, onTestFinished, test } from 'vitest'
import { databases } from '../../packages/server/src/stores/postgres/connection/databases.fixture.ts'
import { migrations as postgresMigrations } from '../../packages/server/src/stores/postgres/migrations/migrate.ts'
import { migrations as sqliteMigrations } from '../../packages/server/src/stores/sqlite/migrations/migrate.ts'
import { at } from '../support/paths.ts'
import { runDovetail, type Spawned, spawnServer } from '../support/servers/spawn-server.ts'
import { patienceMs } from '../support/until.ts'
import { earlierVersions, fillDatabase, servedBy, sqliteFolder } from './earlier-data.ts'
import { harbour, readServed, type Served } from './history.ts'

const postgres = databases({ fsync: false })

/** Everything as it was. Searches are so once the index follows this version's rules. */
async function expectServed({ server }: Spawned, { cursor, behind, key, ...served }: Served): Promise<void> {
  await expect.poll(() => readServed(server.rest), { timeout: patienceMs }).toMatchObject(served)
  const path = `/v1/channels/${harbour}/changes?after=${cursor}`
  const { changes } = (await (await server.rest('alice')).get<ChangesReply>(path)).body
  expect(changes.map(({ record }) => record.id)).toEqual(behind)
  if (key !== undefined)
    expect((await (await server.rest()).as(key).get('/v1/me')).body).toMatchObject({ user: 'robot' })
}

/** A write gets the next revision, and is there after another start; all else is as after the first. */
async function expectGoesOn(first: Spawned, served: Served): Promise<void> {
  await expectServed(first, served)
  await first.kill('SIGKILL')
  const second = await first.restart()
  await expectServed(second, served)
  const head = served.changes[harbour]?.to ?? 0
  const socket = await second.server.connect('bob')
  const command = { channel: harbour, collection: 'messages', data: { text: 'after the upgrade' } }
  const { record } = await socket.ok<WriteOk>('create', command)
  expect(record?.rev).toBe(head + 1)
  await second.kill('SIGTERM')
  const third = await second.restart()
  const path = `/v1/channels/${harbour}/changes?after=${served.changes[harbour]?.cursor}`
  const { changes } = (await (await third.server.rest('alice')).get<ChangesReply>(path)).body
  expect(changes.map((change) => change.record)).toEqual([record])
}

/** Migrates, dying by SIGKILL within each of these versions' transactions, one after the other. */
async function dieWithin(store: 'sqlite' | 'postgres', address: string, versions: readonly number[]): Promise<void> {
  for (const version of versions) {
    const run = runDovetail([store, address, String(version)], {}, { entry: 'test/upgrade/dying-migration.ts' })
    expect(await run.ended).toMatchObject({ signal: 'SIGKILL', stderr: '' })
  }
}

describe.each(earlierVersions)('data that $commit wrote', (version) => {
  test('is served as it was from SQLite, and goes on', async () => {
    const first = await spawnServer({ data: await sqliteFolder(version) })
    await expectGoesOn(first, await servedBy(version, 'sqlite'))
  })

  test('is served as it was from PostgreSQL, and goes on', async () => {
    const url = await postgres.create()
    await fillDatabase(version, url)
    const first = await spawnServer({ args: ['--store', url, '--backbone', 'memory:'] })
    await expectGoesOn(first, await servedBy(version, 'postgres'))
  })
})

const newest = sqliteMigrations.at(-1)?.version ?? 0

describe.each(earlierVersions.filter(({ sqlite }) => sqlite < newest))(
  'a migration of data that $commit wrote',
  (version) => {
    const above = (has: number, all: readonly { readonly version: number }[]): number[] =>
      all.map((each) => each.version).filter((each) => each > has)

    test('may be killed within each of its steps on SQLite', async () => {
      const data = await sqliteFolder(version)
      await dieWithin('sqlite', join(data, 'dovetail.db'), above(version.sqlite, sqliteMigrations))
      await expectServed(await spawnServer({ data }), await servedBy(version, 'sqlite'))
    })

    test('may be killed within each of its steps on PostgreSQL, and each step is made once', async () => {
      const url = await postgres.create()
      await fillDatabase(version, url)
      const steps = above(version.postgres, postgresMigrations)
      await dieWithin('postgres', url, steps)
      const made = () =>
        postgres.server.psql('SELECT version, at FROM dovetail.migrations', url.slice(url.lastIndexOf('/') + 1))
      const args = ['--store', url, '--backbone', 'memory:']
      const first = await spawnServer({ args })
      await expectServed(first, await servedBy(version, 'postgres'))
      const once = await made()
      expect(once.split('\n')).toHaveLength(postgresMigrations.length)
      await first.kill('SIGTERM')
      await first.restart()
      expect(await made()).toBe(once)
    })
  },
)

test('a configuration without some of the stored collections and namespaces starts, and says which those are', async () => {
  const [version] = earlierVersions
  if (version === undefined) throw new Error('no version')
  const folder = await mkdtemp(join(tmpdir(), 'dovetail-config-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const config = join(folder, 'config.json')
  await writeFile(config, JSON.stringify({ channels: { chat: { collections: { messages: { search: ['text'] } } } } }))
  const spawned = await spawnServer({ data: await sqliteFolder(version), args: ['--config', config] })
  const said = spawned.stdout() + spawned.stderr()
  expect(said).toMatch(/team: \d+ of a namespace that is not in the configuration/)
  const { status } = await (await spawned.server.rest('alice')).get(at(harbour, 'reactions'))
  expect(status).toBe(404)
  expect((await (await spawned.server.rest('alice')).get(at(harbour))).status).toBe(200)
})
