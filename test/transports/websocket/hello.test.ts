import { describe, expect, test } from 'vitest'
import { openStream } from '../../support/clients/event-stream.ts'
import { freshChannel } from '../../support/paths.ts'
import { serving } from '../../support/servers/serving.ts'
import { tokenFor } from '../../support/servers/token-for.ts'

describe('hello', () => {
  const server = serving()

  test('[WSK6] says who the caller is, and what the limits are', async () => {
    const socket = await server.open()
    const hello = await socket.hello(await tokenFor('alice', { ttl: 600 }))
    expect(hello).toMatchObject({ user: 'alice', connection: expect.any(String), limits: { depth: 64 } })
    expect(Math.abs(Date.parse(hello.serverTime) - Date.now())).toBeLessThan(5_000)
    expect(Math.abs(Date.parse(String(hello.expiresAt)) - Date.now() - 600_000)).toBeLessThan(10_000)
  })

  test('[WSK38, B13] tells about how many readers the node has, on whatever transport', async () => {
    const before = await (await server.open()).hello()
    expect(before.readers).toBeGreaterThanOrEqual(1)
    await Promise.all(Array.from({ length: 12 }, () => server.connect()))
    const stream = await openStream({ port: server.port, path: `/v1/channels/${freshChannel()}/changes` })
    await stream.next('changes')
    const { readers } = await (await server.open()).hello()
    expect([20, 30]).toContain(readers)
    stream.close()
  })

  test('[WSK7] hello without a token is an anonymous reader', async () => {
    const socket = await server.open()
    const hello = await socket.hello()
    expect(hello.user).toBeNull()
    expect(hello).not.toHaveProperty('expiresAt')
    const channel = freshChannel()
    await socket.subscribe(channel)
    const create = { channel, collection: 'messages', data: { text: 'a' } }
    expect((await socket.refused('create', create)).code).toBe('unauthenticated')
    expect((await socket.refused('signal', { channel, type: 'typing', data: null })).code).toBe('unauthenticated')
  })

  test('[WSK7] the upgrade may carry Authorization', async () => {
    const authorization = `Bearer ${await tokenFor('alice')}`
    const socket = await server.open({ headers: { authorization } })
    expect((await socket.hello()).user).toBe('alice')
  })

  test('[WSK6, CLO8] a command before hello closes with 4400', async () => {
    for (const command of [
      { id: 1, op: 'ping' },
      { id: 1, op: 'subscribe', channel: 'chat:a' },
      { id: 1, op: 'nonsense' },
    ]) {
      const socket = await server.open()
      socket.send(command)
      expect((await socket.ended()).code).toBe(4400)
    }
  })

  test('[WSK4] commands may follow hello unawaited', async () => {
    const socket = await server.open()
    const channel = freshChannel()
    socket.send({ id: 'h', op: 'hello', token: await tokenFor('alice') })
    socket.send({ id: 's', op: 'subscribe', channel })
    for (let n = 0; n < 5; n++) {
      socket.send({ id: n, op: 'create', channel, collection: 'messages', data: { text: `${n}` } })
    }
    expect(await socket.reply(4)).toMatchObject({ id: 4, ok: { record: { author: 'alice', rev: 5 } } })
    expect(socket.frames[0]).toMatchObject({ id: 'h', ok: { user: 'alice' } })
    expect(socket.frames[1]).toMatchObject({ id: 's', ok: { channel } })
  })

  test('[WSK4, CLO9] commands after a refused hello are not executed', async () => {
    const socket = await server.open()
    const channel = freshChannel()
    socket.send({ id: 'h', op: 'hello', token: 'nonsense' })
    socket.send({ id: 1, op: 'create', channel, collection: 'messages', data: { text: 'a' } })
    expect((await socket.ended()).code).toBe(4401)
    expect(socket.frames[0]).toMatchObject({ id: 'h', error: { code: 'unauthenticated' } })
    const rest = await server.rest()
    expect((await rest.get<{ head: number }>(`/v1/channels/${channel}`)).body.head).toBe(0)
  })

  test('[WSK8] a second hello with a fresh token of the same user refreshes the connection', async () => {
    const socket = await server.open()
    await socket.hello(await tokenFor('alice', { ttl: 60 }))
    const channel = freshChannel()
    await socket.subscribe(channel)
    const again = await socket.hello(await tokenFor('alice', { ttl: 6_000 }))
    expect(Date.parse(String(again.expiresAt)) - Date.now()).toBeGreaterThan(5_000_000)
    await socket.ok('create', { channel, collection: 'messages', data: { text: 'a' } })
    expect((await socket.reached(channel, 1)).length).toBe(1)
  })

  test('[WSK8, CLO10] a second hello with another user’s token is closed with 4403', async () => {
    const socket = await server.connect('alice')
    const reply = await socket.command('hello', { token: await tokenFor('bob') })
    expect(reply).toMatchObject({ error: { code: 'forbidden' } })
    expect((await socket.ended()).code).toBe(4403)
  })

  test('[WSK8, CLO9] a second hello with a bad token is refused and closed', async () => {
    const socket = await server.connect('alice')
    expect(await socket.command('hello', { token: 'nonsense' })).toMatchObject({ error: { code: 'unauthenticated' } })
    expect((await socket.ended()).code).toBe(4401)
  })
})

describe('hello in time', () => {
  const server = serving({ limits: { helloSeconds: 0.3 } })

  test('[LIM13, CLO9] a connection without hello in time is closed with 4401', async () => {
    const socket = await server.connect('alice')
    const silent = await server.open()
    expect((await silent.ended()).code).toBe(4401)
    expect(await socket.ok('ping')).toHaveProperty('serverTime')
  })
})

describe('expiry on an open socket', () => {
  const server = serving({ limits: { leewaySeconds: 0 } })

  test('[TOK10, WSK25, CLO9] a token that expires is announced by expiring, then closed with 4401', async () => {
    const socket = await server.connect('alice', { ttl: 3 })
    const channel = freshChannel()
    await socket.subscribe(channel)
    const expiring = await socket.next('expiring')
    expect(expiring.inSeconds).toBeGreaterThan(0)
    expect(expiring.inSeconds).toBeLessThanOrEqual(30)
    expect((await socket.ended()).code).toBe(4401)
  })

  test('[WSK8, TOK10] a fresh hello in time keeps the connection open', async () => {
    const socket = await server.connect('alice', { ttl: 3 })
    await socket.next('expiring')
    await socket.hello(await tokenFor('alice', { ttl: 600 }))
    const witness = await server.connect('witness', { ttl: 3 })
    expect((await witness.ended()).code).toBe(4401)
    expect(await socket.ok('ping')).toHaveProperty('serverTime')
  })
})
