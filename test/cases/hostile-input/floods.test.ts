import { describe, expect, test } from 'vitest'
import { openLine, upgradeRequest } from '../../support/clients/raw-socket.ts'
import { freshChannel } from '../../support/paths.ts'
import { serving } from '../../support/servers/serving.ts'

type Reply = { id: number; ok?: unknown; error?: { code: string; retryAfter?: number } }

describe('floods', () => {
  const server = serving({ limits: { subscriptions: 50, commands: 1, commandsBurst: 200 } })

  test('[LIM6, LIM16, CLO12] of subscribes are served up to the limit, then refused, then closed', async () => {
    const socket = await server.connect('mallory')
    const channel = freshChannel()
    for (let id = 1; id <= 3000; id++) socket.send({ id, op: 'subscribe', channel: `${channel}-${id}` })
    expect((await socket.ended()).code).toBe(4429)
    const replies = socket.frames.filter((frame) => typeof frame.id === 'number') as unknown as Reply[]
    const codes = replies.map(({ error }) => error?.code ?? 'ok')
    const count = (code: string) => codes.filter((each) => each === code).length
    expect(count('ok')).toBe(50)
    expect(count('too_many_subscriptions')).toBeGreaterThan(100)
    expect(count('rate_limited')).toBeGreaterThan(900)
    expect(new Set(codes)).toEqual(new Set(['ok', 'too_many_subscriptions', 'rate_limited']))
    expect(replies.find(({ error }) => error?.code === 'rate_limited')?.error?.retryAfter).toBeGreaterThan(0)
    const rest = await server.rest('alice')
    const { body } = await rest.get<{ readers: number }>(`/v1/channels/${channel}-1`)
    expect(body.readers).toBe(0)
  })

  test('[LIM16, CLO12] from one socket after the other of one user are refused for as long only once', async () => {
    const refusedBeforeClose = async (): Promise<number> => {
      const socket = await server.connect('trudy')
      for (let id = 1; id <= 3000; id++) socket.send({ id, op: 'ping' })
      expect((await socket.ended()).code).toBe(4429)
      return (socket.frames as unknown as Reply[]).filter(({ error }) => error?.code === 'rate_limited').length
    }
    expect(await refusedBeforeClose()).toBeGreaterThan(900)
    expect(await refusedBeforeClose()).toBeLessThanOrEqual(21)
    expect(await refusedBeforeClose()).toBeLessThanOrEqual(21)
    expect(await (await server.connect('alice3')).ok('ping')).toMatchObject({ serverTime: expect.any(String) })
  })

  test('[LIM16] of one user hold up no other', async () => {
    const [mallory, alice] = [await server.connect('mallory2'), await server.connect('alice')]
    for (let id = 1; id <= 800; id++) mallory.send({ id, op: 'ping' })
    expect(await alice.ok('ping')).toMatchObject({ serverTime: expect.any(String) })
    const made = await alice.command('create', { channel: 'chat:a', collection: 'messages', data: { text: 'a' } })
    expect('ok' in made).toBe(true)
    await mallory.reply(800)
  })
})

describe('headers', () => {
  const server = serving()

  async function statusOf(request: string): Promise<number> {
    const line = await openLine(server.port)
    line.write(request)
    const received = await line.until('an answer', (bytes) => bytes.includes('\r\n'))
    line.destroy()
    return Number(received.toString('latin1').split(' ')[1])
  }
  const plain = (lines: readonly string[]) => ['GET /v1/limits HTTP/1.1', 'Host: x', ...lines, '', ''].join('\r\n')
  const upgrade = (lines: readonly string[]) =>
    upgradeRequest().replace(/\r\n\r\n$/, `\r\n${lines.join('\r\n')}\r\n\r\n`)

  test.each([
    ['a plain request', plain],
    ['an upgrade', upgrade],
  ])('[ERR16] over 16 KiB are refused on %s, in one header or in many', async (_what, request) => {
    expect(await statusOf(request([`X-Big: ${'y'.repeat(16_385)}`]))).toBe(431)
    expect(await statusOf(request(Array.from({ length: 2_000 }, (_, n) => `X-Header-${n}: a`)))).toBe(431)
    expect([200, 101]).toContain(await statusOf(request([`X-Big: ${'y'.repeat(12_000)}`])))
    expect([200, 101]).toContain(await statusOf(request(['__proto__: a', 'constructor: b', 'toString: c'])))
    expect((await (await server.rest()).get('/healthz')).status).toBe(200)
  })
})
