/** Nodes with PostgreSQL and nothing else between them: notifications, presence, reader counts and limits. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Postgres, startPostgres } from 'dovetail-lab/services'
import type { PresencePage } from 'dovetail-protocol'
import type { Config } from 'dovetail-server'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { present } from '../support/clients/present.ts'
import type { Server } from '../support/servers/serving.ts'
import { spawnServer } from '../support/servers/spawn-server.ts'
import { nodesSuite } from './nodes.suite.ts'
import { startNodes } from './nodes.ts'

let postgres: Postgres
beforeAll(async () => {
  postgres = await startPostgres()
}, 60_000)
afterAll(() => postgres.stop())

nodesSuite('three nodes on PostgreSQL alone', async () => ({ store: postgres.url, backbone: postgres.url }))

const config = {
  channels: { hall: { presence: true, write: 'guest', collections: { messages: { edit: 'guest' } } } },
} as const satisfies Config
const channel = 'hall:one'
const patience = { timeout: 25_000, interval: 100 }

let databases = 0
/** Two nodes that are told of no backbone. */
async function world(store?: string) {
  const url = store ?? (await postgres.createDatabase(`alone${++databases}`))
  const { nodes, stop } = await startNodes(2, { config, store: url })
  onTestFinished(stop)
  return { store: url, here: nodes[0] as Server, there: nodes[1] as Server }
}

async function joined(server: Server, user: string) {
  const socket = await server.connect(user)
  const { presence } = await socket.subscribe(channel, { presence: true })
  return { socket, present: () => present(socket, channel, presence) }
}

test('[RUN11] nodes of a PostgreSQL store are joined where no backbone is named: users, their states and the number of readers are the same on both, signals reach both', {
  timeout: 60_000,
}, async () => {
  const { here, there } = await world()
  const [ana, ben] = [await joined(here, 'ana'), await joined(there, 'ben')]
  const again = await joined(there, 'ana')
  const both = ['ana', 'ben']
  await expect.poll(() => [ana.present(), ben.present()], patience).toEqual([both, both])
  await ana.socket.ok('state', { channel, state: { x: 1 } })
  const rest = await there.rest('ben')
  const listed = async () => (await rest.get<PresencePage>(`/v1/channels/${channel}/presence`)).body.users
  await expect.poll(listed, patience).toMatchObject([
    { user: 'ana', connections: 2, state: { x: 1 } },
    { user: 'ben', connections: 1 },
  ])
  const readers = async () => (await rest.get<{ readers: number }>(`/v1/channels/${channel}`)).body.readers
  await expect.poll(readers, patience).toBe(3)
  ana.socket.close(1000)
  again.socket.close(1000)
  await expect.poll(() => ben.present(), patience).toEqual(['ben'])
  expect(ben.socket.events('presence', channel).filter(({ leave }) => leave?.includes('ana'))).toHaveLength(1)
})

test('after PostgreSQL was killed, nobody is taken for gone, and who comes and goes is seen again', {
  timeout: 120_000,
}, async () => {
  const alone = await startPostgres()
  onTestFinished(() => alone.stop())
  const { here, there } = await world(alone.url)
  const [ana, ben] = [await joined(here, 'ana'), await joined(there, 'ben')]
  const both = ['ana', 'ben']
  await expect.poll(() => [ana.present(), ben.present()], patience).toEqual([both, both])
  await alone.kill()
  await alone.restart()
  const rows = () => alone.psql('SELECT count(*) FROM dovetail.presence WHERE connections > 0 AND room = $$hall:one$$')
  await expect.poll(rows, patience).toBe('2')
  const cid = await joined(here, 'cid')
  await expect.poll(() => ben.present(), patience).toEqual(['ana', 'ben', 'cid'])
  cid.socket.close(1000)
  await expect.poll(() => ben.present(), patience).toEqual(both)
  for (const [{ socket }, user] of [
    [ana, 'ben'],
    [ben, 'ana'],
  ] as const) {
    const left = socket.events('presence', channel).flatMap(({ leave }) => leave ?? [])
    expect(left).not.toContain(user)
    expect(present(socket, channel, [{ user: 'ana' }, { user: 'ben' }])).toEqual(both)
  }
})

test('the users of a killed node leave when their lease ends', { timeout: 90_000 }, async () => {
  const { store, here } = await world()
  const folder = await mkdtemp(join(tmpdir(), 'dovetail-alone-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const path = join(folder, 'dovetail.config.json')
  await writeFile(path, JSON.stringify(config))
  const limit = ['--limit', 'presenceSeconds=5']
  const killed = await spawnServer({ args: ['--store', store, '--config', path, '--log', 'fatal', ...limit] })
  const ana = await joined(here, 'ana')
  await joined(killed.server, 'ben')
  await expect.poll(() => ana.present(), patience).toEqual(['ana', 'ben'])
  await killed.kill('SIGKILL')
  await expect.poll(() => ana.present(), patience).toEqual(['ana'])
})

test('a start with channels in memory says that it has to be the only node', async () => {
  const store = await postgres.createDatabase('kept')
  const { stderr } = await spawnServer({ args: ['--store', store, '--log', 'warn'] })
  expect(stderr()).toMatch(/are in the memory of this process, so it has to be the only node; several take --memory/)
})
