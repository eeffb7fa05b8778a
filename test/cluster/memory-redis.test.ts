/** Memory namespaces and presence that several nodes share in Redis, without notifications between them. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type RedisService, startRedis } from 'dovetail-lab/services'
import type { ChangesReply, PresencePage } from 'dovetail-protocol'
import type { Config } from 'dovetail-server'
import { expect, onTestFinished, test } from 'vitest'
import type { Socket } from '../support/clients/socket.ts'
import { at } from '../support/paths.ts'
import type { Server } from '../support/servers/serving.ts'
import { spawnServer } from '../support/servers/spawn-server.ts'
import { startNodes } from './nodes.ts'

const config = {
  channels: {
    game: { storage: 'memory', presence: true, write: 'guest', collections: { messages: { edit: 'guest' } } },
  },
} as const satisfies Config
const channel = 'game:one'
const patience = { interval: 100 }

async function world() {
  const redis = await startRedis()
  onTestFinished(() => redis.stop())
  const { nodes, stop } = await startNodes(2, { config, store: 'memory:', memory: redis.url })
  onTestFinished(stop)
  return { redis, here: nodes[0] as Server, there: nodes[1] as Server }
}

/** The presence list that this socket received last. */
function present(socket: Socket, snapshot: readonly { user: string }[] = []): string[] {
  const users = new Set(snapshot.map(({ user }) => user))
  for (const { join = [], leave = [], all } of socket.events('presence', channel)) {
    if (all !== undefined) users.clear()
    for (const { user } of [...(all ?? []), ...join]) users.add(user)
    for (const user of leave) users.delete(user)
  }
  return [...users].sort()
}

async function joined(server: Server, user: string) {
  const socket = await server.connect(user)
  const { presence, epoch } = await socket.subscribe(channel, { presence: true })
  return { socket, epoch, present: () => present(socket, presence) }
}

async function post(server: Server, text: string) {
  const rest = await server.rest('writer')
  return await rest.post<{ rev: number }>(at(channel), { text })
}

test('a record of a memory namespace is on every node, with the same revision', { timeout: 60_000 }, async () => {
  const { here, there } = await world()
  const reader = await there.connect('ana')
  await reader.subscribe(channel)
  const revs: number[] = []
  for (const [index, node] of [here, there, here, there].entries()) revs.push((await post(node, `${index}`)).body.rev)
  expect(revs).toEqual([1, 2, 3, 4])
  await reader.reached(channel, 4)
  const changes = (await (await here.rest('ana')).get<ChangesReply>(`/v1/channels/${channel}/changes?after=0`)).body
  expect(changes.to).toBe(4)
})

test('present users, their states and the number of readers are the same on every node', {
  timeout: 60_000,
}, async () => {
  const { here, there } = await world()
  const [ana, ben] = [await joined(here, 'ana'), await joined(there, 'ben')]
  const again = await joined(there, 'ana')
  await expect
    .poll(() => [ana.present(), ben.present()], patience)
    .toEqual([
      ['ana', 'ben'],
      ['ana', 'ben'],
    ])
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

test('after Redis comes back empty, readers are reset and presence is published again', {
  timeout: 90_000,
}, async () => {
  const { redis, here, there } = await world()
  await post(here, 'lost')
  const [ana, ben] = [await joined(here, 'ana'), await joined(there, 'ben')]
  await expect.poll(() => [ana.present(), ben.present()].flat(), patience).toEqual(['ana', 'ben', 'ana', 'ben'])
  await redis.kill()
  await expect.poll(async () => (await post(here, 'away')).status, patience).toBe(503)
  const readiness = async () => (await (await there.rest()).get<{ checks: object }>('/readyz')).body.checks
  await expect.poll(readiness, patience).toMatchObject({ store: { status: 'ok' }, memory: { status: 'failed' } })
  await redis.restart()
  await expect.poll(readiness, patience).toMatchObject({ memory: { status: 'ok' } })
  await expect.poll(async () => (await post(here, 'anew')).status, patience).toBe(201)
  for (const { socket, epoch, present: who } of [ana, ben]) {
    const { reason, cursor } = await socket.next('reset', channel)
    expect([reason, cursor.startsWith(`${epoch}.`)]).toEqual(['epoch', false])
    await expect
      .poll(() => socket.events('presence', channel).some(({ all }) => all?.length === 2), patience)
      .toBe(true)
    expect(who()).toEqual(['ana', 'ben'])
    // Nobody was taken for gone.
    expect(socket.events('presence', channel).flatMap(({ leave }) => leave ?? [])).toEqual([])
  }
})

/** A node of its own process, since this one is killed. */
async function nodeOf(redis: RedisService, args: readonly string[]) {
  const folder = await mkdtemp(join(tmpdir(), 'dovetail-memory-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const path = join(folder, 'dovetail.config.json')
  await writeFile(path, JSON.stringify(config))
  return await spawnServer({ args: ['--memory', redis.url, '--config', path, '--log', 'fatal', ...args] })
}

test('the users of a killed node leave when their lease ends', { timeout: 90_000 }, async () => {
  const { redis, here } = await world()
  const killed = await nodeOf(redis, ['--limit', 'presenceSeconds=5'])
  const ana = await joined(here, 'ana')
  await joined(killed.server, 'ben')
  await expect.poll(() => ana.present(), patience).toEqual(['ana', 'ben'])
  await killed.kill('SIGKILL')
  await expect.poll(() => ana.present(), patience).toEqual(['ana'])
})
