/** Case N07: a first page of 800 KB over a line of 20 KB/s. */
import { type Clock, createClient, type TransportName } from 'dovetail-client'
import { expect, onTestFinished, test } from 'vitest'
import { startLink } from '../faults/link.ts'
import { freshChannel } from '../support/paths.ts'
import { serving } from '../support/servers/serving.ts'
import { tokenFor } from '../support/servers/token-for.ts'

/** All times are a fifth: the client's clock, the server's, and so the line is five times as fast. */
const haste = 5
const server = serving({ limits: { pingSeconds: 25 / haste, pongSeconds: 5 / haste, commentSeconds: 15 / haste } })
const bytesPerSecond = 20_000 * haste
const withinMs = 90_000 / haste
const articles = 16
const articleBytes = 50_000

const clock: Clock = {
  now: () => Date.now() * haste,
  after: (ms, task) => {
    const timer = setTimeout(task, ms / haste)
    return () => clearTimeout(timer)
  },
}

async function openOver(transport: TransportName | 'auto', channel: string) {
  const line = await startLink(server.port)
  line.narrow(bytesPerSecond)
  const url = `http://127.0.0.1:${line.port}`
  const client = createClient({ url, token: await tokenFor('ana'), transport, storage: null, clock })
  onTestFinished(async () => {
    client.close()
    await line.stop()
  })
  const view = client.channel(channel).collection('articles').live()
  const transports = new Set<string>()
  client.subscribe(() => transports.add(client.state.transport))
  await expect.poll(() => [view.state, view.records.length], { timeout: withinMs }).toEqual(['live', articles])
  return { connections: line.connections, transports: [...transports] }
}

test('[N07] a page of 800 KB over 20 KB/s becomes live on every transport, over few connections', async () => {
  const channel = freshChannel('docs')
  const backend = await server.rest('backend', { role: 'service' })
  for (let n = 0; n < articles; n += 1) {
    const data = { title: `article ${n}`, text: 'x'.repeat(articleBytes) }
    expect((await backend.post(`/v1/channels/${channel}/articles`, data)).status).toBe(201)
  }
  const all = await Promise.all(
    (['auto', 'websocket', 'sse', 'long-poll', 'poll'] as const).map((transport) => openOver(transport, channel)),
  )
  const [auto, websocket, ...http] = all
  for (const each of [auto, websocket]) {
    expect(each?.transports).toEqual(['websocket'])
    // One for the socket, and one for what of the page has no room in its message.
    expect(each?.connections).toBeLessThanOrEqual(2)
  }
  for (const { connections } of http) expect(connections).toBeLessThanOrEqual(3)
}, 60_000)
