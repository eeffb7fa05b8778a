import { describe, expect, test, vi } from 'vitest'
import { world } from './support/world.ts'

const follow = (client: ReturnType<typeof world>['client']) =>
  client.channel('chat:general').collection('messages').live()

/** Collects the errors that the SDK reports as uncaught errors of the application. */
function thrownLater() {
  const thrown: unknown[] = []
  const real = globalThis.queueMicrotask
  const spy = vi.spyOn(globalThis, 'queueMicrotask').mockImplementation((task) =>
    real(() => {
      try {
        task()
      } catch (error) {
        thrown.push(error)
      }
    }),
  )
  return { thrown, restore: () => spy.mockRestore() }
}

describe('getToken', () => {
  test('a getToken that never answers is called again, and the client connects once it works', async () => {
    let asked = 0
    const getToken = () => {
      asked += 1
      return asked === 1 ? new Promise<string>(() => undefined) : Promise.resolve('token')
    }
    const { clock, client } = world({ getToken })
    const view = follow(client)
    await clock.advance(60_000)
    expect([client.state.name, view.state, asked]).toEqual(['open', 'live', 2])
    client.close()
    expect(clock.pending).toBe(0)
  })

  test('a getToken that never answers does not block signIn, and leaves no timer', async () => {
    const { clock, client } = world({ getToken: () => new Promise<string>(() => undefined) })
    follow(client)
    const me = client.me()
    await clock.advance(100)
    client.signIn('given')
    await clock.advance(100)
    expect(await me).toMatchObject({ name: 'Ana' })
    client.close()
    await clock.advance(20_000)
    expect(clock.pending).toBe(0)
  })

  test('a late answer of getToken does not replace the token that signIn gave meanwhile', async () => {
    let answer = (_: string) => {}
    const getToken = () =>
      new Promise<string>((resolve) => {
        answer = resolve
      })
    const { clock, server, client } = world({ getToken })
    const first = client.me()
    await clock.advance(1)
    client.signIn('given')
    answer('stale')
    await clock.advance(100)
    await first
    const second = client.me()
    await clock.advance(100)
    await second
    expect(server.requests.map(({ headers }) => headers.get('authorization'))).toEqual(['Bearer given', 'Bearer given'])
    client.close()
  })

  test('a getToken that throws synchronously counts as one that rejects: a refused caller waits and connects again', async () => {
    let broken = false
    const getToken = () => {
      if (broken) throw new Error('no network here')
      return Promise.resolve('token')
    }
    const { clock, server, client } = world({ getToken })
    follow(client)
    await clock.advance(100)
    expect(client.state.name).toBe('open')
    broken = true
    for (const socket of server.sockets) socket.send({ op: 'expiring', inMs: 1000 })
    await clock.advance(100)
    server.refuseHello = 'token_expired'
    for (const socket of [...server.sockets]) socket.drop(4401)
    await clock.advance(5_000)
    expect(client.state.name).toBe('waiting')
    broken = false
    server.refuseHello = null
    await clock.advance(60_000)
    expect(client.state.name).toBe('open')
    client.close()
  })

  test('a getToken that failed once is called again within 2 s, and later less and less often', async () => {
    const askedAt: number[] = []
    let isBroken = false
    const getToken = async () => {
      askedAt.push(clock.now())
      if (isBroken) throw new Error('the backend restarts')
      return 'token'
    }
    const { clock, server, client } = world({ getToken })
    follow(client)
    await clock.advance(100)
    isBroken = true
    server.refuseHello = 'token_expired'
    for (const socket of [...server.sockets]) socket.drop(4401)
    await clock.advance(120_000)
    const [, first = 0, second = 0, ...others] = askedAt
    expect(second - first).toBeLessThan(2_000)
    expect(second - first).toBeGreaterThan(900)
    expect(others.length).toBeGreaterThan(4)
    expect(others.length).toBeLessThan(20)
    isBroken = false
    server.refuseHello = null
    await clock.advance(40_000)
    expect(client.state.name).toBe('open')
    client.close()
  })

  test('getToken is called to replace a refused token, also after the clock was put back', async () => {
    let asked = 0
    let behindMs = 0
    const getToken = async () => {
      asked += 1
      return `token${asked}`
    }
    const base = world()
    base.client.close()
    const clock = { now: () => base.clock.now() - behindMs, after: base.clock.after.bind(base.clock) }
    let refused = ['Bearer token1']
    const real = base.server.fetch
    const picky: typeof fetch = async (input, init) =>
      refused.includes(new Headers(init?.headers).get('authorization') ?? '')
        ? Response.json({ code: 'token_expired', status: 401 }, { status: 401 })
        : real(input, init)
    const client = base.open({ getToken, clock, fetch: picky })
    const ask = async () => {
      const me = client.me()
      await base.clock.advance(100)
      return (await me).name
    }
    expect(await ask()).toBe('Ana')
    refused = ['Bearer token1', 'Bearer token2']
    behindMs = 86_400_000
    expect(await ask()).toBe('Ana')
    expect(asked).toBe(3)
    client.close()
  })
})

describe('listeners of the application', () => {
  test('a trace or signal listener that throws does not stop the other listeners, on any transport', async () => {
    for (const transport of ['websocket', 'sse', 'long-poll'] as const) {
      const later = thrownLater()
      const { clock, server, client } = world({ transport })
      const heard: string[] = []
      client.trace(() => {
        throw new Error('in a trace')
      })
      const general = client.channel('chat:general')
      general.onSignal(() => {
        throw new Error('in a signal')
      })
      general.onSignal(({ type }) => void heard.push(type))
      const view = follow(client)
      await clock.advance(1_000)
      expect([client.state.name, view.state]).toEqual(['open', 'live'])
      if (transport !== 'long-poll') {
        server.signal('chat:general', { type: 'typing', data: {}, user: 'bo' })
        await clock.advance(100)
        expect(heard).toEqual(['typing'])
        expect(later.thrown.map(String)).toContain('Error: in a signal')
      }
      expect(later.thrown.map(String)).toContain('Error: in a trace')
      expect(client.state.name).toBe('open')
      client.close()
      later.restore()
    }
  })
})

describe('a value without a JSON form', () => {
  const circle: Record<string, unknown> = {}
  circle.self = circle

  test('a write without a JSON form fails as a row of its own, on any transport, and later writes are sent', async () => {
    for (const transport of ['websocket', 'sse'] as const) {
      const { clock, client } = world({ transport })
      const view = follow(client)
      await clock.advance(1_000)
      view.create({ text: 1n })
      view.create({ text: 'after it' })
      await clock.advance(10_000)
      const rows = view.records.map((row) => [row.status, row.status === 'failed' ? row.error.code : row.data.text])
      expect(rows).toEqual([
        ['acknowledged', 'after it'],
        ['failed', 'misuse'],
      ])
      await expect(client.channel('chat:general').collection('messages').create(circle)).rejects.toThrow(TypeError)
      client.close()
    }
  })

  test('a presence state without a JSON form is refused at once, and is not sent at a reconnect', async () => {
    const { clock, server, client } = world()
    const presence = client.channel('chat:general').presence()
    expect(() => presence.setState(circle)).toThrow(TypeError)
    const view = client.channel('chat:other').collection('messages').live()
    await clock.advance(100)
    for (const socket of [...server.sockets]) socket.drop(1006)
    await clock.advance(5_000)
    expect([client.state.name, view.state]).toEqual(['open', 'live'])
    client.close()
  })
})
