/** What a node still does while it drains, and how little its peers can do about how long that takes. */
import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ChangesReply } from 'dovetail-protocol'
import { describe, expect, onTestFinished, test } from 'vitest'
import { openStream } from '../support/clients/event-stream.ts'
import {
  closeFrame,
  frame,
  opcodes,
  openGreeted,
  openLine,
  type RawLine,
  serverCloseCode,
  upgradeRequest,
} from '../support/clients/raw-socket.ts'
import { freshChannel } from '../support/paths.ts'
import { type Spawned, spawnServer } from '../support/servers/spawn-server.ts'

const streamRequest = (channel: string) =>
  `GET /v1/channels/${channel}/changes HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n`
const isSubscribed = (bytes: Buffer) => bytes.includes('event: changes')

/** So many readers that the drain takes a while: slots are 100 ms apart. */
async function crowd({ server }: Spawned, readers: number): Promise<RawLine[]> {
  return Promise.all(
    Array.from({ length: readers }, async () => {
      const line = await openLine(server.port)
      line.write(streamRequest('chat:crowd'))
      await line.until('the stream', isSubscribed)
      return line
    }),
  )
}

/** What a stream told its client to wait, in whole seconds: so few readers are not spread over more. */
function retries(text: string): number[] {
  return [...text.matchAll(/^retry: (\d+)$/gm)].map(([, ms]) => Math.floor(Number(ms) / 1000))
}

/** Sends SIGTERM, and gives how the process ended. */
async function stop(spawned: Spawned): Promise<{ code: number | null; tookMs: number }> {
  const startedAt = performance.now()
  const { code } = await spawned.kill('SIGTERM')
  return { code, tookMs: performance.now() - startedAt }
}

/** The same once the server says that it drains. */
async function beginDrain(spawned: Spawned) {
  const ended = stop(spawned)
  await expect.poll(async () => (await fetch(`${spawned.server.url}/readyz`)).status, { interval: 20 }).toBe(503)
  return ended
}

describe('a node that drains', { timeout: 60_000 }, () => {
  test('[RUN13, N02] takes a WebSocket that comes meanwhile, serves it, and closes it with 1012 at its end', async () => {
    const spawned = await spawnServer({ args: ['--drain', '4'] })
    await crowd(spawned, 25)
    const ended = beginDrain(spawned)
    await sleep(300)
    const socket = await spawned.server.connect('late')
    const channel = freshChannel()
    await socket.subscribe(channel)
    await socket.ok('create', { channel, collection: 'messages', data: { text: 'while it drains' } })
    await socket.reached(channel, 1)
    expect((await socket.ended()).code).toBe(1012)
    expect((await ended).code).toBe(0)
  })

  test('[RDG25, C1] resets a stream in the middle of its response, and serves it again until its end', async () => {
    const spawned = await spawnServer({ args: ['--drain', '4'] })
    const channel = freshChannel()
    const first = await openLine(spawned.server.port)
    first.write(streamRequest(channel))
    await first.until('the stream', isSubscribed)
    await crowd(spawned, 25)
    const alice = await spawned.server.rest('alice')
    const ended = beginDrain(spawned)
    await first.ended
    const second = await openLine(spawned.server.port)
    second.write(streamRequest(channel))
    await second.until('the stream', isSubscribed)
    await alice.post(`/v1/channels/${channel}/messages`, { text: 'while it drains' })
    await second.until('the message', (bytes) => bytes.includes('while it drains'))
    await second.ended
    for (const line of [first, second]) {
      const text = line.received().toString('latin1')
      expect(text).toMatch(/^HTTP\/1\.1 200 /)
      expect(text.toLowerCase()).not.toContain('connection: close')
      expect(text.endsWith('0\r\n\r\n')).toBe(false)
    }
    expect((await ended).code).toBe(0)
  })

  test('[RDG25] tells a stream whose client would come back to nobody to wait for the restart', async () => {
    const spawned = await spawnServer({ args: ['--drain', '6'] })
    const [early] = await crowd(spawned, 35)
    const last = await openStream({ port: spawned.server.port, path: '/v1/channels/chat:last/changes' })
    await last.next('changes')
    const ended = beginDrain(spawned)
    await Promise.all([early?.ended, last.next('goaway')])
    expect(retries(last.text())).toEqual([2, 5])
    expect(retries(early?.received().toString() ?? '')).toEqual([2, 2])
    const late = await openStream({ port: spawned.server.port, path: '/v1/channels/chat:late/changes' })
    await late.next('changes')
    expect(retries(late.text())).toEqual([5])
    expect((await ended).code).toBe(0)
  })

  test.each([
    ['GET', (channel: string, cursor: string) => `/v1/channels/${channel}/changes?after=${cursor}&wait=25`],
    ['POST', () => '/v1/changes?wait=25'],
  ])('[RUN13, N01] parks a long-poll by %s that comes meanwhile, until its end', async (method, pathOf) => {
    const spawned = await spawnServer({ args: ['--drain', '5'] })
    const channel = freshChannel()
    const alice = await spawned.server.rest('alice')
    await alice.post(`/v1/channels/${channel}/messages`, { text: 'there' })
    const { cursor } = (await alice.get<ChangesReply>(`/v1/channels/${channel}/changes`)).body
    await crowd(spawned, 35)
    const ended = beginDrain(spawned)
    await sleep(100)
    const answers: number[] = []
    const body = method === 'GET' ? undefined : JSON.stringify({ subs: { [channel]: cursor } })
    for (const endAt = performance.now() + 3000; performance.now() < endAt; ) {
      const asked = fetch(`${spawned.server.url}${pathOf(channel, cursor)}`, {
        method,
        headers: { 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body }),
      })
      const answer = await asked.catch(() => null)
      if (answer === null) break
      answers.push(answer.status)
    }
    expect(answers.length).toBeLessThanOrEqual(3)
    expect(new Set(answers)).toEqual(new Set([200]))
    expect((await ended).code).toBe(0)
  })

  test('[RUN13] ends each connection with its reply, so that the client asks another node next', async () => {
    const spawned = await spawnServer({ args: ['--drain', '4'] })
    await crowd(spawned, 25)
    const ended = beginDrain(spawned)
    await sleep(100)
    const line = await openLine(spawned.server.port)
    line.write('GET /v1/limits HTTP/1.1\r\nHost: localhost\r\n\r\n')
    await line.ended
    const text = line.received().toString('latin1')
    expect(text).toMatch(/^HTTP\/1\.1 200 /)
    expect(text.toLowerCase()).toContain('connection: close\r\n')
    expect((await ended).code).toBe(0)
  })
})

/** Peers that do not do their part of an end. */
const mutePeers: Readonly<Record<string, (port: number) => Promise<unknown>>> = {
  'answers no close frame': async (port) => {
    const line = await openGreeted(port)
    line.pause()
  },
  'reads nothing of what waits for it': async (port) => {
    const line = await openGreeted(port)
    line.pause()
    // Their pongs and replies fill what the kernel holds, and then the server's own queue.
    for (let ping = 0; ping < 900; ping++)
      line.write(frame({ opcode: opcodes.text, payload: `{"id":"${'x'.repeat(9000)}","op":"ping"}` }))
  },
  'reads nothing of its stream': async (port) => {
    const line = await openLine(port)
    line.write(streamRequest('chat:mute'))
    await line.until('the stream', isSubscribed)
    line.pause()
  },
  'reads nothing of its reply': async (port) => {
    const line = await openLine(port)
    line.pause()
    line.write('GET /openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n'.repeat(99))
  },
  'has sent half a body': async (port) => {
    const line = await openLine(port)
    line.write(
      'POST /v1/guests HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"na',
    )
  },
  'has sent half a header': async (port) => {
    const line = await openLine(port)
    line.write('GET /v1/limits HTTP/1.1\r\nHos')
  },
  'has sent nothing': (port) => openLine(port),
  'keeps its side open after a refused upgrade': (port) => halfOpen(port, upgradeRequest({}, 'GET', '/v1/nowhere')),
  'keeps its side open after its close frame': async (port) => {
    const socket = await halfOpen(port, upgradeRequest())
    socket.write(closeFrame(1000))
  },
}

/** A peer that does not end its side when the server has. */
async function halfOpen(port: number, request: string): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
  onTestFinished(() => void socket.destroy())
  socket.on('error', () => {})
  socket.write(request)
  await new Promise((resolve) => socket.once('data', resolve))
  return socket
}

describe('a peer that does not do its part', { timeout: 60_000 }, () => {
  test.each(Object.entries(mutePeers))(
    '[RUN14, B36] %s: the stop is not held up, and ends with 0',
    async (_how, open) => {
      const spawned = await spawnServer({ args: ['--drain', '9'] })
      await open(spawned.server.port)
      await sleep(200)
      const { code, tookMs } = await stop(spawned)
      expect(code).toBe(0)
      // A second for the peer's part, and what a busy machine takes for the rest.
      expect(tookMs).toBeLessThan(8500)
    },
  )

  test('[RUN14, B36] 1,000 readers of every kind, 20 of them mute: it ends within --drain, with 0', {
    timeout: 120_000,
  }, async () => {
    const spawned = await spawnServer({ args: ['--drain', '10'] })
    const { port } = spawned.server
    const poll = 'GET /v1/channels/chat:crowd/changes?wait=50 HTTP/1.1\r\nHost: localhost\r\n\r\n'
    const sockets = await Promise.all(Array.from({ length: 334 }, () => openGreeted(port)))
    const streams = await crowd(spawned, 333)
    const polls = await Promise.all(Array.from({ length: 333 }, () => openLine(port)))
    for (const line of polls) line.write(poll)
    const answering = sockets.slice(10)
    for (const socket of answering) void answerClose(socket)
    for (const mute of [...sockets.slice(0, 10), ...streams.slice(0, 5), ...polls.slice(0, 5)]) mute.pause()
    const alice = await spawned.server.rest('alice')
    const parked = async () => (await alice.get<{ readers: number }>('/v1/channels/chat:crowd')).body.readers
    await expect.poll(parked).toBe(666)
    const { code, tookMs } = await stop(spawned)
    expect(code).toBe(0)
    expect(tookMs).toBeLessThan(10_000)
    expect(new Set(answering.map((socket) => serverCloseCode(socket.received())))).toEqual(new Set([1012]))
  })
})

async function answerClose(socket: RawLine): Promise<void> {
  await socket.until('the close frame', (bytes) => serverCloseCode(bytes) !== undefined).catch(() => {})
  socket.write(closeFrame(1012))
}
