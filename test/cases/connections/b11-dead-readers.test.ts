import { beforeAll, describe, expect, test } from 'vitest'
import { openLine, type RawLine } from '../../support/clients/raw-socket.ts'
import { freshChannel } from '../../support/paths.ts'
import { type Server, serving } from '../../support/servers/serving.ts'
import { tokenFor } from '../../support/servers/token-for.ts'
import { patienceMs } from '../../support/until.ts'

const patient = { timeout: 2 * patienceMs, interval: 50 }
const users = ['ann', 'ben', 'cem']

async function ask(server: Server, user: string, path: string, accept: string): Promise<RawLine> {
  const line = await openLine(server.port)
  const lines = [
    `GET ${path} HTTP/1.1`,
    'Host: x',
    `Authorization: Bearer ${await tokenFor(user)}`,
    `Accept: ${accept}`,
  ]
  line.write(`${lines.join('\r\n')}\r\n\r\n`)
  return line
}

/** An open event stream, after its head. */
async function openEvents(server: Server, user: string, path: string): Promise<RawLine> {
  const line = await ask(server, user, path, 'text/event-stream')
  await line.until('the head of the stream', (bytes) => bytes.includes('retry:'))
  return line
}

/** What the server counts of its readers: in the channel, by the gauge of a transport, and by open connections. */
async function gauge(server: Server, transport: string): Promise<number> {
  const { text } = await (await server.rest()).get('/metrics')
  return Number(new RegExp(`dovetail_readers{transport="${transport}"} (\\d+)`).exec(text)?.[1])
}

const readersOf = async (server: Server, channel: string) =>
  (await (await server.rest()).get<{ readers: number }>(`/v1/channels/${channel}`)).body.readers

describe('B11', () => {
  const limits = { commentSeconds: 0.2, pingSeconds: 0.2, stallSeconds: 1, presenceSeconds: 1, waitSeconds: 1 }
  const server = serving({ limits: { ...limits, commands: 100_000, commandsBurst: 100_000 } })
  // The gauges are read by their names: a name that is none would be NaN, and equal to nothing.
  beforeAll(async () => expect(await gauge(server, 'sse')).toBe(0))

  test('[RDG13, MOD16] B11: readers whose streams were reset are not counted, and their users leave', async () => {
    const channel = freshChannel()
    const watcher = await server.connect('watcher')
    await watcher.subscribe(channel, { presence: true })
    const lines: RawLine[] = []
    for (let n = 0; n < 45; n++) {
      const path = `/v1/channels/${channel}/changes?presence=1&client=c${n}`
      lines.push(await openEvents(server, users[n % 3] ?? '', path))
    }
    expect([await readersOf(server, channel), await gauge(server, 'sse')]).toEqual([46, 45])
    for (const line of lines) line.reset()
    await expect.poll(() => readersOf(server, channel), patient).toBe(1)
    expect(await gauge(server, 'sse')).toBe(0)
    const left = () => watcher.events('presence', channel).flatMap(({ leave = [] }) => leave)
    await expect.poll(left, patient).toHaveLength(3)
    expect([...left()].sort()).toEqual(users)
  })

  test('[RDG7, RDG19] B11: readers whose long-polls were reset are not counted, and their users leave', async () => {
    const channel = freshChannel()
    const watcher = await server.connect('watcher')
    await watcher.subscribe(channel, { presence: true })
    const lines: RawLine[] = []
    for (let n = 0; n < 45; n++) {
      const path = `/v1/channels/${channel}/changes?after=0&wait=50&presence=1&client=c${n}`
      lines.push(await ask(server, users[n % 3] ?? '', path, '*/*'))
    }
    await expect.poll(() => readersOf(server, channel), patient).toBe(46)
    for (const line of lines) line.reset()
    await expect.poll(() => readersOf(server, channel), patient).toBe(1)
    expect(await gauge(server, 'long_poll')).toBe(0)
    const left = () => watcher.events('presence', channel).flatMap(({ leave = [] }) => leave)
    await expect.poll(left, patient).toHaveLength(3)
  })

  test('[PRM9, LIM12] B11: streams and polls of a peer that stopped answering end by themselves', {
    timeout: 60_000,
  }, async () => {
    const channel = freshChannel('ticks')
    const streams: RawLine[] = []
    for (let n = 0; n < 3; n++) streams.push(await openEvents(server, 'ann', `/v1/channels/${channel}/changes`))
    const poll = await ask(server, 'ann', `/v1/channels/${channel}/changes?after=0&wait=1`, '*/*')
    await expect.poll(() => readersOf(server, channel), patient).toBe(4)
    for (const line of [...streams, poll]) line.pause()
    const feeder = await server.connect('feeder', { role: 'service' })
    const ballast = 'x'.repeat(59_000)
    for (let n = 0; n < 400 && (await gauge(server, 'sse')) > 0; n++) {
      const data = { symbol: 's', price: n, ballast }
      await feeder.ok('create', { channel, collection: 'quotes', data })
    }
    await expect.poll(() => readersOf(server, channel), patient).toBe(0)
    expect([await gauge(server, 'sse'), await gauge(server, 'long_poll')]).toEqual([0, 0])
    for (const line of [...streams, poll]) line.destroy()
  })
})
