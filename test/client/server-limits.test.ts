/** Case N03: the SDK against a server whose operator set limits below what the SDK would ask for by itself. */
import { createClient, type LiveView, type TransportName } from 'dovetail-client'
import { expect, onTestFinished, test } from 'vitest'
import { at, freshChannel } from '../support/paths.ts'
import { type ServingOptions, startServer } from '../support/servers/serving.ts'
import { tokenFor } from '../support/servers/token-for.ts'
import { when } from './when.ts'

const transports: TransportName[] = ['websocket', 'sse', 'long-poll', 'poll']

async function limited(transport: TransportName | 'auto', limits: NonNullable<ServingOptions['limits']>) {
  const server = await startServer({ limits })
  const client = createClient({ url: server.url, token: await tokenFor('ana'), transport, storage: null })
  onTestFinished(async () => {
    client.close()
    await server.stop()
  })
  const name = freshChannel()
  const rest = await server.rest('bo')
  const say = (text: string) => rest.post(at(name), { text })
  return { server, client, name, say, open: () => client.channel(name).collection('messages').live() }
}

const texts = (view: LiveView) => view.records.map(({ data }) => data.text)

test.each(transports)(
  '[LIM24, N03] over %s, with pages of 20 records, a view with default options becomes live',
  async (transport) => {
    const { say, open } = await limited(transport, { pageRecords: 20 })
    for (let n = 0; n < 25; n += 1) await say(`m${n}`)
    const view = open()
    await when(view, ({ state }) => state === 'live')
    expect([view.records.length, view.hasOlder, texts(view).at(-1)]).toEqual([20, true, 'm24'])
    await view.loadOlder()
    expect(texts(view)[0]).toBe('m0')
  },
)

test('[LIM24, N03] a long-poll of at most 20 s, and one of at most half a second, brings a message long before 20 s are over', async () => {
  for (const waitSecondsMax of [20, 0.5]) {
    const { say, open } = await limited('long-poll', { waitSecondsMax })
    const view = open()
    await when(view, ({ state }) => state === 'live')
    const startedAt = performance.now()
    await say('hello')
    await when(view, ({ records }) => records.length === 1)
    expect(performance.now() - startedAt).toBeLessThan(10_000)
  }
})

test('[LIM24, B31] with messages of 16 KiB, a record of 20 KB is stored by REST, and the socket stays open', async () => {
  const { client, open } = await limited('auto', { messageBytes: 16_384 })
  const states = new Set<string>()
  client.subscribe(() => states.add(client.state.name))
  const view = open()
  await when(view, ({ state }) => state === 'live')
  view.create({ text: 'short' })
  const id = view.create({ text: 'é'.repeat(7_990) })
  await when(view, ({ records }) => records.length === 2 && records.every(({ status }) => status === 'acknowledged'))
  expect(view.records.some(({ key }) => key === id)).toBe(true)
  expect([[...states], client.state.transport]).toEqual([['connecting', 'open'], 'websocket'])
})

test('[N04] myChannels gives 60 channels, and more than a page of any size', async () => {
  const { client, server } = await limited('websocket', { pageRecords: 25, pageRecordsDefault: 25 })
  const rest = await server.rest('ana')
  for (let n = 0; n < 60; n += 1) await rest.put(`/v1/channels/team:c${n}`, {})
  expect(await client.myChannels()).toHaveLength(60)
})

test.each<TransportName>(['sse', 'long-poll', 'poll'])(
  '[N18] over %s, presence has more users than a page',
  async (transport) => {
    const { client, server, name } = await limited(transport, { pageRecords: 5, pageRecordsDefault: 5 })
    for (let n = 0; n < 8; n += 1) await (await server.connect(`user${n}`)).subscribe(name, { presence: true })
    const presence = client.channel(name).presence()
    await when(presence, ({ users }) => users.length === 9)
  },
)
