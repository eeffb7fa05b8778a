import type { ServerStatus } from 'dovetail-protocol'
import { demoConfig } from 'dovetail-server'
import { describe, expect, onTestFinished, test } from 'vitest'
import { MemoryBus } from '../../packages/server/src/backbones/memory/memory-backbone.ts'
import type { Rest } from '../support/clients/rest.ts'
import { at, freshChannel } from '../support/paths.ts'
import { type Server, serving, startServer } from '../support/servers/serving.ts'
import { patienceMs } from '../support/until.ts'

const { chat, dm } = demoConfig.channels

async function statusOf(rest: Rest): Promise<ServerStatus> {
  const { status, body, text, headers } = await rest.get<ServerStatus>('/v1/status')
  expect([status, headers['cache-control']], text).toEqual([200, 'no-store'])
  return body
}

describe('the status of a node', () => {
  const server = serving({ config: { channels: { chat, dm: { ...dm, staff: false } } } })
  const admin = () => server.rest('root', { role: 'admin' })

  test('[OPS1] is for services and admins', async () => {
    const codes = []
    for (const role of ['guest', 'user', 'service', 'admin'] as const)
      codes.push((await (await server.rest(`a-${role}`, { role })).get('/v1/status')).code ?? 'ok')
    const nobody = await server.rest()
    expect([...codes, (await nobody.get('/v1/status')).code]).toEqual([
      'forbidden',
      'forbidden',
      'ok',
      'ok',
      'unauthenticated',
    ])
  })

  test('[OPS1] shows the node that answers, and the channels that are read there', async () => {
    const channel = freshChannel()
    const [root, alice] = [await admin(), await server.rest('alice')]
    const socket = await server.connect('bob')
    await socket.subscribe(channel)
    await statusOf(root)
    await alice.post(at(channel), { text: 'one' })
    await alice.post(at(channel), { text: 'two' })
    const { node, nodes, channels } = await statusOf(root)
    expect(nodes).toMatchObject([{ name: node, state: 'serving', connections: 1, readers: 1, readersBehind: 0 }])
    expect(nodes[0]?.memoryBytes).toBeGreaterThan(10_000_000)
    expect(channels).toContainEqual(expect.objectContaining({ channel, head: 2, readers: 1, behind: 0 }))
    socket.close(1000)
  })

  test('[OPS2] shows who was refused and why, over HTTP and by WebSocket', async () => {
    const channel = freshChannel()
    const alice = await server.rest('alice')
    expect((await alice.put(`/v1/users/bob`, { name: 'Bob' })).code).toBe('forbidden')
    const socket = await server.connect('carol')
    await socket.command('subscribe', { channel: 'nowhere:a' })
    await alice.send('GET', at(channel), { authorization: 'Bearer nonsense' })
    const { refusals } = await statusOf(await admin())
    expect(refusals.slice(0, 3)).toMatchObject([
      { transport: 'http', request: 'GET /v1/channels/:ch/:col', code: 'unauthenticated', user: null },
      { transport: 'websocket', request: 'subscribe', code: 'not_found', user: 'carol' },
      { transport: 'http', request: 'PUT /v1/users/:user', code: 'forbidden', user: 'alice' },
    ])
    for (const { detail, address } of refusals) expect([detail.length > 5, address]).toEqual([true, '127.0.0.1'])
    socket.close(1000)
  })

  test('[OPS2] shows which readers had to start over, and which connections the server ended', async () => {
    const channel = freshChannel()
    await (await server.rest('alice')).post(at(channel), { text: 'one' })
    const socket = await server.connect('dora')
    await socket.command('subscribe', { channel, after: 'other.7' })
    socket.sendRaw('no JSON')
    await socket.ended()
    const { resets, ends } = await statusOf(await admin())
    expect(resets[0]).toMatchObject({ channel, reason: 'epoch', user: 'dora' })
    expect(ends[0]).toMatchObject({ transport: 'websocket', code: 4400, user: 'dora' })
  })

  test('[OPS2] a channel that staff may not read is left out', async () => {
    const channel = freshChannel('dm')
    const olga = await server.rest('olga')
    await olga.put(`/v1/channels/${channel}`, {})
    await olga.post(at(channel), { text: 'among us' })
    const socket = await server.connect('olga')
    await socket.subscribe(channel)
    await socket.command('subscribe', { channel, after: 'other.7' })
    const shown = JSON.stringify(await statusOf(await admin()))
    expect(shown).not.toContain(channel)
    socket.close(1000)
  })
})

test('[OPS3] nodes know of each other, and of one that ended no more', async () => {
  const bus = new MemoryBus()
  const open = async (): Promise<Server> => {
    const server = await startServer({ log: 'silent', adapters: { backbone: bus.join() } })
    onTestFinished(() => server.stop())
    return server
  }
  const [here, there] = [await open(), await open()]
  const root = await here.rest('root', { role: 'admin' })
  const portsOf = ({ nodes }: ServerStatus) => nodes.map(({ name }) => Number(name.split(':').at(-1)))
  const ports = async () => portsOf(await statusOf(root))
  await expect.poll(ports, { timeout: patienceMs }).toEqual([here.port, there.port])
  await there.stop()
  await expect.poll(ports, { timeout: patienceMs }).toEqual([here.port])
})
