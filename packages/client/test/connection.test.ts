import { describe, expect, test } from 'vitest'
import { DovetailError } from '../src/base/errors.ts'
import { world } from './support/world.ts'

const follow = (client: ReturnType<typeof world>['client']) =>
  client.channel('chat:general').collection('messages').live()

describe('the connection', () => {
  test('reconnects with full jitter and growing back-off', async () => {
    const { clock, server, client } = world({ random: () => 0.999 })
    server.down = true
    follow(client)
    await clock.advance(1)
    expect(client.state).toMatchObject({ name: 'waiting', lastError: { code: 'network' } })
    const tries: number[] = []
    for (let second = 0; second < 60; second += 1) {
      await clock.advance(1000)
      tries.push(server.connections)
    }
    expect(server.connections).toBe(7) // after 0.5, 1, 2, 4, 8, 16 s, then every 30 s
    server.down = false
    await clock.advance(31_000)
    expect(client.state.name).toBe('open')
    client.close()
  })

  test('B14: a refused token is renewed once; a second refusal is final and causes no retries', async () => {
    let asked = 0
    const getToken = async () => {
      asked += 1
      return `token${asked}`
    }
    const { clock, server, client } = world({ getToken })
    server.refuseHello = 'unauthenticated'
    follow(client)
    await clock.advance(120_000)
    expect(client.state).toMatchObject({ name: 'auth_failed', error: { code: 'unauthenticated' } })
    expect([server.connections, asked]).toEqual([2, 2])
    server.refuseHello = null
    client.signIn('good')
    await clock.advance(100)
    expect(client.state.name).toBe('open')
    client.close()
  })

  test('without getToken a refused token is final at once', async () => {
    const { clock, server, client } = world({ token: 'bad' })
    server.refuseHello = 'token_expired'
    const view = follow(client)
    await clock.advance(120_000)
    expect([client.state.name, server.connections, view.state]).toEqual(['auth_failed', 1, 'offline'])
    client.close()
  })

  test('does not reconnect after close codes 4403 and 4400, and reconnects after 1012 and 4408', async () => {
    for (const [code, name] of [
      [4403, 'auth_failed'],
      [4400, 'closed'],
      [1012, 'open'],
      [4408, 'open'],
      [1006, 'open'],
      [4429, 'open'],
    ] as const) {
      const { clock, server, client } = world()
      follow(client)
      await clock.advance(10)
      server.cut(code)
      await clock.advance(60_000)
      expect([code, client.state.name]).toEqual([code, name])
      client.close()
      expect(clock.pending).toBe(0)
    }
  })

  test('detects a server that stopped answering, by a ping every 20 s', async () => {
    const { clock, server, client } = world()
    follow(client)
    await clock.advance(10)
    await clock.advance(60_000)
    expect(server.seen.filter((frame) => frame.op === 'ping').length).toBe(3)
    server.silent = true
    await clock.advance(26_000)
    expect(client.state.name).not.toBe('open')
    client.close()
  })

  test('a frame `expiring` makes the connection refresh its token on the same socket', async () => {
    let asked = 0
    const getToken = async () => {
      asked += 1
      return `token${asked}`
    }
    const { clock, server, client } = world({ getToken })
    follow(client)
    await clock.advance(10)
    server.sockets[0]?.send({ op: 'expiring', inSeconds: 30 })
    await clock.advance(10)
    const hellos = server.seen.filter((frame) => frame.op === 'hello')
    expect(hellos.map((hello) => hello.token)).toEqual(['token1', 'token2'])
    expect(server.connections).toBe(1)
    client.close()
  })

  test('reconnects from a draining node after the delay that the goaway frame gives it', async () => {
    const { clock, server, client } = world()
    follow(client)
    await clock.advance(10)
    server.sockets[0]?.send({ op: 'goaway', reconnectInMs: 1840 })
    await clock.advance(1830)
    expect(server.connections).toBe(1)
    await clock.advance(30)
    expect([server.connections, client.state.name]).toEqual([2, 'open'])
    client.close()
  })

  test('opens with the first followed channel and closes with the last', async () => {
    const { clock, server, client } = world()
    await clock.advance(1000)
    expect([server.connections, client.state.name]).toEqual([0, 'idle'])
    const stop = client.channel('chat:general').onSignal(() => undefined)
    await clock.advance(10)
    expect(client.state.name).toBe('open')
    stop()
    await clock.advance(10)
    expect([client.state.name, server.sockets.length, clock.pending]).toEqual(['idle', 0, 0])
    client.close()
  })

  test('throws for a close code that cannot be sent; closing twice or while connecting is no error', async () => {
    const { clock, client } = world()
    for (const code of [0, 999, 1001, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65_535]) {
      expect(() => client.close(code)).toThrow(DovetailError)
    }
    expect(() => client.close(1000, 'x'.repeat(124))).toThrow(/code or reason/)
    follow(client)
    client.close(4999, 'bye')
    client.close()
    await clock.advance(10)
    expect([client.state.name, clock.pending]).toEqual(['closed', 0])
  })

  test('delivers signals to listeners, and sends them', async () => {
    const { clock, server, client } = world()
    const heard: unknown[] = []
    const general = client.channel('chat:general')
    general.onSignal((signal) => heard.push([signal.type, signal.user]))
    await clock.advance(10)
    server.signal('chat:general', { type: 'typing', data: {}, user: 'bo' })
    await general.signal('typing', { on: true })
    await clock.advance(10)
    expect(heard).toEqual([['typing', 'bo']])
    expect(server.seen.at(-1)).toEqual({ op: 'signal', channel: 'chat:general', type: 'typing', data: { on: true } })
    client.close()
  })

  test('keeps the presence list by snapshot, joins and leaves, and restores its own presence state after a reconnect', async () => {
    const { clock, server, client } = world()
    const presence = client.channel('game:1').presence()
    presence.setState({ away: true })
    await clock.advance(10)
    expect(presence.users.map(({ user }) => user)).toEqual(['ana'])
    server.sockets[0]?.send({
      op: 'presence',
      channel: 'game:1',
      join: [{ user: 'bo', since: 'x' }],
      state: [{ user: 'bo', state: 1 }],
    })
    server.sockets[0]?.send({ op: 'presence', channel: 'game:1', leave: ['ana'] })
    await clock.advance(10)
    expect(presence.users).toEqual([{ user: 'bo', since: 'x', state: 1 }])
    server.cut()
    await clock.advance(5000)
    expect(server.seen.filter((frame) => frame.op === 'state')).toHaveLength(2)
    client.close()
  })

  test('passes every frame to a trace, without tokens', async () => {
    const { clock, client } = world({ token: 'secret' })
    const frames: string[] = []
    client.trace(({ direction, over, frame }) => frames.push(`${direction} ${over} ${JSON.stringify(frame)}`))
    follow(client)
    await clock.advance(10)
    expect(frames[0]).toBe('up websocket {"id":1,"op":"hello"}')
    expect(frames.length).toBe(4)
    expect(frames.join()).not.toContain('secret')
    client.close()
  })
})
