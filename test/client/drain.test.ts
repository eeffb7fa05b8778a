/** Cases N01 and N02: the SDK and a node that takes seconds to leave. */
import { createClient } from 'dovetail-client'
import { expect, onTestFinished, test } from 'vitest'
import { freshChannel } from '../support/paths.ts'
import { spawnServer } from '../support/servers/spawn-server.ts'
import { tokenFor } from '../support/servers/token-for.ts'
import { when } from './when.ts'

test('[WSK37, N02] a drain of seconds leaves the SDK on WebSocket, where it is back within 5 s of the restart', async () => {
  const spawned = await spawnServer({ args: ['--drain', '6'] })
  const { server } = spawned
  const name = freshChannel()
  const client = createClient({ url: server.url, token: await tokenFor('ana'), storage: null })
  onTestFinished(() => client.close())
  const transports = new Set<string>()
  client.subscribe(() => transports.add(client.state.transport))
  const view = client.channel(name).collection('messages').live()
  await when(view, ({ state }) => state === 'live')
  // Each has a slot of its own in the drain; the SDK's is the first.
  for (let n = 0; n < 60; n += 1) await (await server.connect(`user${n}`)).subscribe(name)
  const rest = await server.rest('bo')
  const ended = spawned.kill('SIGTERM')
  await expect.poll(async () => (await rest.get('/readyz')).status).toBe(503)
  expect(await rest.get('/v1/ws')).toMatchObject({ status: 503, code: 'draining' })
  expect((await rest.get('/v1/limits')).status).toBe(200)
  await ended
  await spawned.restart()
  const restartedAt = performance.now()
  await when(client, ({ state }) => state.name === 'open')
  expect(performance.now() - restartedAt).toBeLessThan(15_000)
  expect([...transports]).toEqual(['websocket'])
}, 60_000)

test('[N01, RUN13] a drain of seconds leaves the SDK on long-poll, which brings what is written meanwhile', async () => {
  const spawned = await spawnServer({ args: ['--drain', '5'] })
  const { server } = spawned
  const name = freshChannel()
  const token = await tokenFor('ana')
  const client = createClient({ url: server.url, token, transport: 'long-poll', storage: null })
  onTestFinished(() => client.close())
  const transports = new Set<string>()
  client.subscribe(() => transports.add(client.state.transport))
  const view = client.channel(name).collection('messages').live()
  await when(view, ({ state }) => state === 'live')
  for (let n = 0; n < 40; n += 1) await (await server.connect(`user${n}`)).subscribe(name)
  const rest = await server.rest('bo')
  const ended = spawned.kill('SIGTERM')
  await expect.poll(async () => (await rest.get('/readyz')).status).toBe(503)
  await rest.post(`/v1/channels/${name}/messages`, { text: 'while it drains' })
  await when(view, ({ records }) => records.length === 1)
  expect((await ended).code).toBe(0)
  await spawned.restart()
  await rest.post(`/v1/channels/${name}/messages`, { text: 'after it' })
  await when(view, ({ records }) => records.length === 2)
  expect([...transports]).toEqual(['long-poll'])
}, 60_000)
