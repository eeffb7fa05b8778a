import type { ChangesReply } from 'dovetail-protocol'
import { describe, expect, onTestFinished, test } from 'vitest'
import { openStream } from '../../support/clients/event-stream.ts'
import type { Answer } from '../../support/clients/rest.ts'
import type { Socket } from '../../support/clients/socket.ts'
import { at, freshChannel } from '../../support/paths.ts'
import { type Server, serving, startServer } from '../../support/servers/serving.ts'
import { signClaims } from '../../support/servers/token-for.ts'

const token = (user: string, session: string, ttl = 600) =>
  signClaims({ sub: user, session, iat: Math.floor(Date.now() / 1000), exp: Math.floor(Date.now() / 1000) + ttl })

/** One sign-in that reads a channel on all three transports, from now. */
interface Readers {
  readonly socket: Socket
  readonly stream: Awaited<ReturnType<typeof openStream>>
  /** The answer that ends the parked poll. */
  readonly polled: Promise<Answer<ChangesReply>>
}

async function reading(server: Server, channel: string, bearer: string): Promise<Readers> {
  const rest = (await server.rest()).as(bearer)
  const readers = async () => (await rest.get<{ readers: number }>(`/v1/channels/${channel}`)).body.readers
  const before = await readers()
  const socket = await server.open()
  await socket.hello(bearer)
  await socket.subscribe(channel)
  const path = `/v1/channels/${channel}/changes`
  const stream = await openStream({ port: server.port, path, token: bearer })
  onTestFinished(() => stream.close())
  await stream.next('changes')
  const { cursor } = (await rest.get<ChangesReply>(path)).body
  const polled = rest.get<ChangesReply>(`${path}?after=${cursor}&wait=9`)
  // A test that fails before it awaits this reports its own failure.
  polled.catch(() => {})
  await expect.poll(readers).toBe(before + 3)
  return { socket, stream, polled }
}

const received = ({ socket, stream }: Readers, channel: string) => ({
  socket: socket.events('changes', channel).flatMap(({ changes }) => changes).length,
  stream: stream.events('changes').filter(({ data }) => Number(data.to) > Number(data.from)).length,
})

describe('B15: what ends with a sign-in', () => {
  const server = serving({ limits: { pingSeconds: 1 } })

  test('[TOK11, CLO9] B15: a revoked session ends on every transport; another session of its user goes on', async () => {
    const channel = freshChannel('team')
    const olga = await server.rest('olga')
    await olga.put(`/v1/channels/${channel}`, {})
    await olga.post(at(channel, 'members'), { user: 'rosa', role: 'member' })
    const [lost, kept] = [await token('rosa', 'lost'), await token('rosa', 'kept')]
    const [thief, owner] = [await reading(server, channel, lost), await reading(server, channel, kept)]
    expect((await (await server.rest()).as(lost).delete('/v1/sessions/lost')).status).toBe(204)
    expect((await thief.socket.ended()).code).toBe(4401)
    await thief.stream.ended()
    expect([(await thief.polled).status, (await thief.polled).code]).toEqual([401, 'unauthenticated'])
    await olga.post(at(channel), { text: 'after' })
    expect((await owner.socket.next('changes', channel)).changes).toHaveLength(1)
    await owner.stream.until('the message', (text) => text.includes('after'))
    expect((await owner.polled).body.changes).toHaveLength(1)
    expect(received(thief, channel)).toEqual({ socket: 0, stream: 0 })
    const again = (await server.rest()).as(lost)
    expect((await again.get(`/v1/channels/${channel}/changes?after=0`)).code).toBe('unauthenticated')
  })

  test('[WSK23, RDG17] B15: a user removed from one channel keeps the others', async () => {
    const [one, other] = [freshChannel('team'), freshChannel('team')]
    const olga = await server.rest('olga')
    for (const channel of [one, other]) {
      await olga.put(`/v1/channels/${channel}`, {})
      await olga.post(at(channel, 'members'), { user: 'rosa', role: 'member' })
    }
    const socket = await server.connect('rosa')
    await socket.subscribe(one)
    await socket.subscribe(other)
    const path = `/v1/changes?sub=${one}@&sub=${other}@`
    const stream = await openStream({ port: server.port, path, token: await token('rosa', 's') })
    onTestFinished(() => stream.close())
    await stream.next('changes')
    await stream.next('changes')
    await olga.delete(at(one, 'members', 'rosa'))
    expect((await socket.next('ended')).channel).toBe(one)
    expect((await stream.next('ended')).data).toMatchObject({ channel: one, reason: 'forbidden' })
    await olga.post(at(other), { text: 'still here' })
    await socket.reached(other, 3)
    await stream.until('the message', (text) => text.includes('still here'))
  })
})

describe('B15: a token that ends while it reads', () => {
  test('[TOK10, CLO9] B15: no change is sent after a token’s end and the leeway, on any transport', async () => {
    let aheadMs = 0
    const clock = {
      now: () => Date.now() + aheadMs,
      monotonic: () => performance.now(),
      busy: () => 0,
      after: (ms: number, task: () => void) => {
        const timer = setTimeout(task, ms)
        return () => clearTimeout(timer)
      },
      soon: (task: () => void) => {
        const immediate = setImmediate(task)
        return () => clearImmediate(immediate)
      },
    }
    const server = await startServer({ adapters: { clock }, limits: { pingSeconds: 1 } })
    onTestFinished(() => server.stop())
    const [short, long] = [await token('rosa', 'short', 100), await token('rosa', 'long', 10_000)]
    const [ending, lasting] = [await reading(server, 'chat:a', short), await reading(server, 'chat:a', long)]
    aheadMs = 131_000
    expect((await ending.socket.ended()).code).toBe(4401)
    await ending.stream.ended()
    expect([(await ending.polled).status, (await ending.polled).code]).toEqual([401, 'token_expired'])
    const rest = await server.rest('writer', { ttl: 10_000 })
    expect((await rest.post(at('chat:a'), { text: 'after' })).status).toBe(201)
    expect((await lasting.socket.next('changes')).changes).toHaveLength(1)
    await lasting.stream.until('the message', (text) => text.includes('after'))
    expect((await lasting.polled).body.changes).toHaveLength(1)
    expect(received(ending, 'chat:a')).toEqual({ socket: 0, stream: 0 })
    const late = (await server.rest()).as(short)
    expect((await late.get('/v1/channels/chat:a/changes?after=0')).code).toBe('token_expired')
  })
})
