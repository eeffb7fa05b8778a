/** Case B45: the SDK behind proxies that spoil WebSockets, and over a restart of the server. */
import { setTimeout as pause } from 'node:timers/promises'
import { type Clock, createClient, type LiveView } from 'dovetail-client'
import { expect, onTestFinished, test } from 'vitest'
import { spawnServer } from '../support/servers/spawn-server.ts'
import { tokenFor } from '../support/servers/token-for.ts'
import { awaitLater, patienceMs } from '../support/until.ts'
import { type Streams, type Upgrades, upgradeProxy } from './upgrade-proxy.ts'
import { when } from './when.ts'

const texts = (view: LiveView) => view.records.map(({ data }) => data.text)

interface Behind {
  readonly upgrades: Upgrades
  readonly streams?: Streams
  /** How many times as fast the client's time runs. */
  readonly haste?: number
}

async function behindProxy({ upgrades, streams = 'pass', haste = 1 }: Behind) {
  const spawned = await spawnServer()
  const proxy = await upgradeProxy(spawned.server.port)
  Object.assign(proxy, { upgrades, streams })
  const clock: Clock = {
    now: () => Date.now() * haste,
    after: (ms, task) => {
      const timer = setTimeout(task, ms / haste)
      return () => clearTimeout(timer)
    },
  }
  const client = createClient({ url: proxy.url, token: await tokenFor('ana'), storage: null, clock })
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
  'upgrades %s: a stream works after few attempts, and what is posted meanwhile comes once, in order',
  async (upgrades) => {
    const { proxy, client, view, post } = await behindProxy({ upgrades })
    await post('m1')
    view.create({ text: 'mine' })
    await post('m2')
    await when(client, ({ state }) => state.name === 'open' && state.transport === 'sse')
    // In the SDK's own time these take less than 10 s: packages/client/test/fallback.test.ts.
    expect(proxy.asked).toBeLessThanOrEqual(5)
    await post('m3')
    await when(view, ({ records }) => records.length === 4 && records.every(({ status }) => status === 'acknowledged'))
    expect(texts(view).filter((text) => text !== 'mine')).toEqual(['m1', 'm2', 'm3'])
  },
)

test('streams that are buffered on the way: long-polls work, and what is posted meanwhile comes once', async () => {
  const { client, view, post } = await behindProxy({ upgrades: 'refused', streams: 'buffered', haste: 3 })
  await post('m1')
  await when(view, ({ records }) => records.length === 1)
  await post('m2')
  await when(client, ({ state }) => state.name === 'open' && state.transport === 'long-poll')
  await post('m3')
  await when(view, ({ records }) => records.length === 3)
  expect(texts(view)).toEqual(['m1', 'm2', 'm3'])
})

test.each<Behind>([
  { upgrades: 'refused' },
  { upgrades: 'killed' },
  { upgrades: 'mute' },
  { upgrades: 'refused', streams: 'buffered' },
])(
  'once what spoilt it is gone ($upgrades, $streams), it is back on WebSocket; a flow of posts comes once, in order',
  // On a busy machine time that runs five times as fast is short: a transport more may be tried on the way.
  { timeout: 3 * patienceMs },
  async (behind) => {
    const { proxy, client, view, post } = await behindProxy({ ...behind, haste: 5 })
    const lower = behind.streams === undefined ? 'sse' : 'long-poll'
    await when(client, ({ state }) => state.name === 'open' && state.transport === lower)
    proxy.upgrades = 'pass'
    proxy.streams = 'pass'
    const posted: string[] = []
    let isBack = false
    const back = awaitLater(
      when(client, ({ state }) => state.name === 'open' && state.transport === 'websocket').then(() => {
        isBack = true
      }),
    )
    for (let more = 5; more > 0; more -= isBack ? 1 : 0) {
      posted.push(`m${posted.length}`)
      await post(`m${posted.length - 1}`)
      await pause(50)
    }
    await back
    await when(view, ({ records }) => records.at(-1)?.data.text === posted.at(-1))
    while (view.hasOlder) await view.loadOlder()
    expect(texts(view)).toEqual(posted)
  },
)

test('a restart of the server stays on WebSocket, and writes of meanwhile come once', async () => {
  const { spawned, client, view, post } = await behindProxy({ upgrades: 'pass' })
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
