import type { LiveRecord } from 'dovetail-protocol'
import { describe, expect, onTestFinished, test } from 'vitest'
import { openStream } from '../../support/clients/event-stream.ts'
import { at, freshChannel } from '../../support/paths.ts'
import { type Server, serving, stores } from '../../support/servers/serving.ts'
import { signClaims, tokenFor } from '../../support/servers/token-for.ts'

interface Ticket {
  readonly ticket: string
  readonly expiresAt: string
}
interface MyChannels {
  readonly channels: readonly { channel?: string; name?: string; head: number; read: number; unread: number }[]
}

/** Who hello says one is with this ticket; refused: the code and the close. */
async function helloBy(server: Server, ticket: string): Promise<[string, number | null]> {
  const socket = await server.open({ path: `/v1/ws?ticket=${encodeURIComponent(ticket)}` })
  const reply = await socket.command<{ user: string }>('hello')
  return 'ok' in reply ? [reply.ok.user, null] : [reply.error.code, (await socket.ended()).code]
}

const sessionToken = (user: string, session: string) =>
  signClaims({ sub: user, session, exp: Math.floor(Date.now() / 1000) + 600 })

describe.each(stores)('tickets, sessions and read marks, %s store', (store) => {
  const server = serving({ store })

  test('[RST31, TOK8] a ticket opens one connection once', async () => {
    const alice = await server.rest('alice')
    const made = await alice.post<Ticket>('/v1/tickets', {})
    expect(made.status).toBe(201)
    const lasts = Date.parse(made.body.expiresAt) - Date.now()
    expect(lasts > 20_000 && lasts < 35_000).toBe(true)
    const path = `/v1/ws?ticket=${encodeURIComponent(made.body.ticket)}`
    const socket = await server.open({ path })
    expect((await socket.hello()).user).toBe('alice')
    expect(await helloBy(server, made.body.ticket)).toEqual(['unauthenticated', 4401])
    const stream = await openStream({
      port: server.port,
      path: `/v1/channels/chat:a/changes?ticket=${made.body.ticket}`,
    })
    onTestFinished(() => stream.close())
    expect(stream.status).toBe(401)
  })

  test('[RST31] a ticket used many times at once works once', async () => {
    const alice = await server.rest('alice')
    const { ticket } = (await alice.post<Ticket>('/v1/tickets', {})).body
    const outcomes = await Promise.all(Array.from({ length: 8 }, () => helloBy(server, ticket)))
    expect(outcomes.filter(([who]) => who === 'alice')).toHaveLength(1)
    expect(outcomes.filter(([, close]) => close === 4401)).toHaveLength(7)
  })

  test('[RST31] a ticket opens a stream, is no token, and is given only to signed-in users', async () => {
    const olga = await server.rest('olga')
    const channel = freshChannel('team')
    await olga.put(`/v1/channels/${channel}`, {})
    const { ticket } = (await olga.post<Ticket>('/v1/tickets', {})).body
    const nobody = await server.rest()
    expect((await nobody.as(ticket).get('/v1/me')).status).toBe(401)
    const path = `/v1/channels/${channel}/changes?ticket=${encodeURIComponent(ticket)}`
    const stream = await openStream({ port: server.port, path })
    onTestFinished(() => stream.close())
    expect((await stream.next('changes')).data).toMatchObject({ channel, from: 1 })
    expect((await nobody.post('/v1/tickets', {})).code).toBe('unauthenticated')
    expect(await helloBy(server, 'nonsense')).toEqual(['unauthenticated', 4401])
    expect(await helloBy(server, await tokenFor('alice'))).toEqual(['unauthenticated', 4401])
  })

  test('[RST31] with a poll a ticket is refused; beside a token it is not looked at', async () => {
    const alice = await server.rest('alice')
    const { ticket } = (await alice.post<Ticket>('/v1/tickets', {})).body
    const [one, several] = [`/v1/channels/chat:a/changes?ticket=${ticket}`, `/v1/changes?sub=chat:a&ticket=${ticket}`]
    for (const path of [one, `${one}&wait=1`, several]) {
      const { status, code } = await (await server.rest()).get(path)
      expect([status, code]).toEqual([400, 'invalid_query'])
    }
    const service = await server.rest('backend', { role: 'service' })
    expect((await service.get(`/v1/follow?pattern=chat:*&ticket=${ticket}`)).code).toBe('invalid_query')
    const token = await tokenFor('bob')
    const stream = await openStream({ port: server.port, path: `${one}&presence=1&client=c1`, token })
    onTestFinished(() => stream.close())
    expect((await stream.next('presence')).data.all).toMatchObject([{ user: 'bob' }])
  })

  test('[RST32, TOK11, CLO9] a revoked session ends; another session of the user goes on', async () => {
    const [phone, laptop] = [await sessionToken('rosa', 'phone'), await sessionToken('rosa', 'laptop')]
    const nobody = await server.rest()
    const [onPhone, onLaptop] = [await server.open(), await server.open()]
    await onPhone.hello(phone)
    await onLaptop.hello(laptop)
    const stream = await openStream({ port: server.port, path: '/v1/channels/chat:a/changes', token: phone })
    const before = performance.now()
    expect((await nobody.as(phone).delete('/v1/sessions/phone')).status).toBe(204)
    expect((await onPhone.ended()).code).toBe(4401)
    await stream.ended()
    expect(performance.now() - before).toBeLessThan(20_000)
    expect((await nobody.as(phone).get('/v1/me')).status).toBe(401)
    const again = await server.open()
    expect(await again.command('hello', { token: phone })).toMatchObject({ error: { code: 'unauthenticated' } })
    expect(await onLaptop.ok('ping')).toHaveProperty('serverTime')
    expect((await nobody.as(laptop).get('/v1/me')).status).toBe(200)
  })

  test('[RST32] only admin and service revoke the sessions of others; all of a user’s can be revoked at once', async () => {
    const [eve, root] = [await server.rest('eve'), await server.rest('root', { role: 'admin' })]
    const token = await sessionToken('saul', 'saul-1')
    const nobody = await server.rest()
    expect([403, 404]).toContain((await eve.delete('/v1/users/saul/sessions')).status)
    await eve.delete('/v1/sessions/saul-1')
    expect((await nobody.as(token).get('/v1/me')).status).toBe(200)
    const socket = await server.open()
    await socket.hello(token)
    expect((await root.delete('/v1/users/saul/sessions')).status).toBe(204)
    expect((await socket.ended()).code).toBe(4401)
    expect((await nobody.as(token).get('/v1/me')).status).toBe(401)
  })

  test('[RST29, RST30] read marks move only forward, and unread counts the messages after them', async () => {
    const mara = await server.rest('mara')
    const channel = freshChannel()
    const alice = await server.rest('alice')
    for (let n = 1; n <= 5; n++) await alice.post<LiveRecord>(at(channel), { text: `${n}` })
    const mine = async () => {
      const { channels } = (await mara.get<MyChannels>('/v1/me/channels')).body
      return channels.find((each) => (each.channel ?? each.name) === channel)
    }
    expect((await mara.put(`/v1/me/channels/${channel}`, { read: 2 })).status).toBe(200)
    expect(await mine()).toMatchObject({ head: 5, read: 2, unread: 3 })
    await mara.put(`/v1/me/channels/${channel}`, { read: 1 })
    expect(await mine()).toMatchObject({ read: 2 })
    await mara.put(`/v1/me/channels/${channel}`, { read: 5 })
    expect(await mine()).toMatchObject({ read: 5, unread: 0 })
    for (const read of [-1, 1.5, 'x', null]) {
      expect((await mara.put(`/v1/me/channels/${channel}`, { read })).code).toBe('invalid_data')
    }
    expect((await mara.put('/v1/me/channels/team:hidden', { read: 1 })).code).toBe('not_found')
    expect((await (await server.rest()).get('/v1/me/channels')).status).toBe(401)
  })

  test('[RST29] unread is capped at 100', { timeout: 60_000 }, async () => {
    const channel = freshChannel()
    const [alice, mara] = [await server.rest('alice'), await server.rest('mara')]
    const writes = Array.from({ length: 120 }, (_, n) => ({
      op: 'create',
      channel,
      collection: 'messages',
      data: { text: `${n}` },
    }))
    await alice.post('/v1/batch', { writes })
    await mara.put(`/v1/me/channels/${channel}`, { read: 1 })
    const { channels } = (await mara.get<MyChannels>('/v1/me/channels')).body
    expect(channels.find((each) => (each.channel ?? each.name) === channel)?.unread).toBe(100)
  })

  test('[RST30] a new epoch sets the mark to 0', async () => {
    const olga = await server.rest('olga')
    const channel = freshChannel('team')
    await olga.put(`/v1/channels/${channel}`, {})
    await olga.post(at(channel), { text: '1' })
    await olga.put(`/v1/me/channels/${channel}`, { read: 2 })
    await olga.delete(`/v1/channels/${channel}`)
    await olga.put(`/v1/channels/${channel}`, {})
    const { channels } = (await olga.get<MyChannels>('/v1/me/channels')).body
    expect(channels.find((each) => (each.channel ?? each.name) === channel)).toMatchObject({ head: 1, read: 0 })
  })
})
