/** Case B45: the SDK behind proxies that spoil WebSockets, and over a restart of the server. */
import { createClient, type LiveView } from '@dovetail/client'
import { expect, onTestFinished, test } from 'vitest'
import { spawnServer } from '../support/spawn-server.ts'
import { tokenFor } from '../support/token-for.ts'
import { type Upgrades, upgradeProxy } from './upgrade-proxy.ts'
import { when } from './when.ts'

const texts = (view: LiveView) => view.records.map(({ data }) => data.text)

async function behindProxy(upgrades: Upgrades) {
  const spawned = await spawnServer()
  const proxy = await upgradeProxy(spawned.server.port)
  proxy.upgrades = upgrades
  const client = createClient({ url: proxy.url, token: await tokenFor('ana'), storage: null })
  onTestFinished(async () => {
    client.close()
    await proxy.stop()
  })
  const rest = await spawned.server.rest('bo')
  const view = client.channel('chat:general').collection('messages').live()
  const post = (text: string) => rest.post('/v1/channels/chat:general/messages', { text })
  return { spawned, proxy, client, view, post }
}

test.each<Upgrades>(['refused', 'killed', 'mute'])(
  'upgrades %s: a stream works within 10 s, and what is posted meanwhile comes once, in order',
  async (upgrades) => {
    const { client, view, post } = await behindProxy(upgrades)
    await post('m1')
    const startedAt = performance.now()
    view.create({ text: 'mine' })
    await post('m2')
    await when(client, ({ state }) => state.name === 'open' && state.transport === 'sse')
    expect(performance.now() - startedAt).toBeLessThan(10_000)
    await post('m3')
    await when(view, ({ records }) => records.length === 4 && records.every(({ status }) => status === 'acknowledged'))
    expect(texts(view).filter((text) => text !== 'mine')).toEqual(['m1', 'm2', 'm3'])
  },
)

test('a restart of the server stays on WebSocket, and writes of meanwhile come once', async () => {
  const { spawned, client, view, post } = await behindProxy('pass')
  await post('before')
  await when(view, ({ state }) => state === 'live')
  await spawned.kill('SIGKILL')
  await when(client, ({ state }) => state.name === 'waiting')
  view.create({ text: 'meanwhile' })
  await spawned.restart()
  await when(view, ({ state, records }) => state === 'live' && records.at(-1)?.status === 'acknowledged')
  expect(texts(view)).toEqual(['before', 'meanwhile'])
  expect(client.state.transport).toBe('websocket')
})
