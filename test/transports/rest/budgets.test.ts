import { describe, expect, test } from 'vitest'
import { at, freshChannel } from '../../support/paths.ts'
import { serving } from '../../support/servers/serving.ts'

type Answered = { readonly status: number }

async function acceptedOf(count: number, ask: (n: number) => Promise<Answered>): Promise<number> {
  let accepted = 0
  for (let n = 0; n < count; n++) if ((await ask(n)).status !== 429) accepted++
  return accepted
}

describe('the budget of a caller', () => {
  const limits = { commands: 1, commandsBurst: 5, guests: 1000, addressCommandsBurst: 200, addressCommands: 1 }
  const server = serving({ limits })

  test.each([
    [
      'creating channels',
      60,
      (user: string, n: number) => server.rest(user).then((r) => r.put(`/v1/channels/chat:${user}-${n}`, {})),
    ],
    ['tickets', 60, (user: string) => server.rest(user).then((r) => r.post('/v1/tickets', {}))],
    ['profiles', 60, (user: string, n: number) => server.rest(user).then((r) => r.patch('/v1/me', { about: `${n}` }))],
    [
      'signals',
      60,
      (user: string) => server.rest(user).then((r) => r.post('/v1/channels/chat:s/signals', { type: 'x', data: 1 })),
    ],
    [
      'presence',
      60,
      (user: string) => server.rest(user).then((r) => r.post('/v1/channels/chat:s/presence', { client: 'c' })),
    ],
    ['read markers', 60, (user: string) => server.rest(user).then((r) => r.put('/v1/me/channels/chat:s', { read: 0 }))],
    ['searches', 60, (user: string) => server.rest(user).then((r) => r.get('/v1/search?q=word'))],
    [
      'searches of one collection',
      60,
      (user: string) => server.rest(user).then((r) => r.get(`${at('chat:s')}?q=word`)),
    ],
    ['pages', 120, (user: string) => server.rest(user).then((r) => r.get(at('chat:s')))],
    ['polls', 120, (user: string) => server.rest(user).then((r) => r.get('/v1/channels/chat:s/changes?after=0'))],
  ] as const)('[LIM29, ERR15, S2] bounds %s over REST', async (what, count, ask) => {
    const user = what.replaceAll(' ', '')
    const accepted = await acceptedOf(count, (n) => ask(user, n))
    expect(accepted).toBeGreaterThan(0)
    expect(accepted).toBeLessThan(count)
  })

  test('[LIM29, S2] is one for all transports', async () => {
    const [rest, socket] = [await server.rest('ann'), await server.connect('ann')]
    expect(await acceptedOf(10, () => rest.post(at('chat:s'), { text: 'a' }))).toBeLessThan(10)
    expect((await socket.refused('ping')).code).toBe('rate_limited')
    expect((await (await server.connect('ann')).refused('ping')).code).toBe('rate_limited')
  })

  test('[LIM29] is told in each reply, and the limits tell the prices', async () => {
    const rest = await server.rest('bea')
    const first = await rest.post(at('chat:s'), { text: 'a' })
    expect(first.headers['ratelimit-policy']).toBe('"user";q=5;w=5')
    expect(first.headers.ratelimit).toBe('"user";r=4;t=1')
    const { headers } = await (await server.rest()).get(at('chat:s'))
    expect(headers['ratelimit-policy']).toBe('"address";q=200;w=200')
    expect(headers.ratelimit).toMatch(/^"address";r=\d+;t=\d+$/)
    const service = await (await server.rest('backend', { role: 'service' })).get(at('chat:s'))
    expect(service.headers.ratelimit).toBeUndefined()
    const { body } = await rest.get('/v1/limits')
    expect(body).toMatchObject({ readCost: 0.1, searchCost: 2, recordsCost: 1, addressCommands: 1 })
  })

  test('[LIM29] pays for a batch by its body before that is read, and for its writes not once more', async () => {
    const write = { op: 'create', channel: 'chat:s', collection: 'messages', data: { text: 'a' } }
    const body = (writes: number, bytes: number) => JSON.stringify({ writes: Array(writes).fill(write) }).padEnd(bytes)
    const json = { 'content-type': 'application/json' }
    const [cara, dora, eva] = [await server.rest('cara'), await server.rest('dora'), await server.rest('eva')]
    expect((await cara.send('POST', '/v1/batch', json, body(5, 4 * 65_536))).status).toBe(200)
    expect((await cara.send('POST', '/v1/batch', json, body(1, 0))).status).toBe(429)
    expect((await dora.send('POST', '/v1/batch', json, body(1, 5 * 65_536))).status).toBe(200)
    expect((await dora.send('POST', '/v1/batch', json, body(1, 0))).status).toBe(429)
    expect(await acceptedOf(30, () => eva.send('POST', '/v1/batch', json, '[['))).toBeLessThan(30)
  })

  test('[LIM29] does not count what is answered from memory', async () => {
    const nobody = await server.rest()
    for (const path of ['/healthz', '/v1/limits', '/openapi.json'])
      expect((await nobody.get(path)).headers.ratelimit, path).toBeUndefined()
  })
})

describe('the budget of an address', () => {
  const server = serving({ limits: { addressCommands: 1, addressCommandsBurst: 40 }, trustProxy: true })
  const from = (address: string) => ({ 'x-forwarded-for': address })

  test('[LIM29, LIM25] is shared by all callers without a token, also of one IPv6 network', async () => {
    const nobody = await server.rest()
    const search = (address: string) => nobody.get('/v1/search?q=word', from(address))
    expect(await acceptedOf(40, (n) => search(`2001:db8:0:1::${n + 1}`))).toBeLessThan(30)
    expect((await search('2001:db8:0:2::1')).status).toBe(200)
  })

  test('[LIM29, S2] pays for the renewals of one guest too', async () => {
    const nobody = await server.rest()
    const { token } = (await nobody.send<{ token: string }>('POST', '/v1/guests', from('198.51.100.7'))).body
    const guest = nobody.as(token)
    const accepted = await acceptedOf(60, () => guest.send('POST', '/v1/guests', from('198.51.100.7')))
    expect(accepted).toBeGreaterThan(0)
    expect(accepted).toBeLessThan(60)
  })

  test('[LIM29, S6] is not renewed by another socket, and refuses an upgrade before its 101', async () => {
    const answers: string[] = []
    for (let n = 0; n < 30; n++) {
      try {
        const socket = await server.open({ headers: from('192.0.2.1') })
        await socket.hello()
        answers.push('ok' in (await socket.command('ping', {})) ? 'ok' : 'refused')
      } catch {
        answers.push('refused')
      }
    }
    expect(answers.filter((answer) => answer === 'ok').length).toBeLessThan(14)
    expect(answers.filter((answer) => answer === 'ok').length).toBeGreaterThan(5)
  })
})

describe('the price of records', () => {
  const server = serving({ limits: { commands: 1, commandsBurst: 50, recordsCost: 400 } })

  test('[LIM30] that were read is paid by what is asked for next, on every transport', async () => {
    const backend = await server.rest('backend', { role: 'service' })
    const channel = freshChannel()
    const writes = Array.from({ length: 200 }, (_, n) => ({
      op: 'create',
      channel,
      collection: 'messages',
      data: { text: `${n}` },
    }))
    expect((await backend.post('/v1/batch', { writes })).status).toBe(200)
    const readings: Record<string, (user: string) => Promise<unknown>> = {
      page: async (user) => (await server.rest(user)).get(`${at(channel)}?limit=200`),
      poll: async (user) => (await server.rest(user)).get(`/v1/channels/${channel}/changes?after=0`),
      'long-poll': async (user) => (await server.rest(user)).get(`/v1/channels/${channel}/changes?after=0&wait=5`),
      polls: async (user) => (await server.rest(user)).post('/v1/changes', { subs: { [channel]: '0' } }),
      socket: async (user) => (await server.connect(user)).ok('subscribe', { channel, after: '0' }),
      snapshot: async (user) => (await server.connect(user)).ok('subscribe', { channel, last: { messages: 200 } }),
    }
    for (const [name, reads] of Object.entries(readings)) {
      const user = `reader-${name}`
      await reads(user)
      const next = await (await server.rest(user)).get(at(channel))
      expect([name, next.status, next.headers.ratelimit]).toEqual([name, 429, expect.stringMatching(/r=0;/)])
    }
  })
})

describe('a peer that does not slow down', () => {
  const server = serving({ limits: { guests: 1 } })

  test('[LIM38] waits half a second for each reply after three hundred refusals', async () => {
    const nobody = await server.rest()
    const ask = async () => {
      const began = performance.now()
      const { status } = await nobody.post('/v1/guests', {})
      return { status, ms: performance.now() - began }
    }
    await ask()
    const first = await Promise.all(Array.from({ length: 300 }, ask))
    expect(new Set(first.map(({ status }) => status))).toEqual(new Set([429]))
    const waited = (await Promise.all(Array.from({ length: 100 }, ask))).filter(({ ms }) => ms >= 450)
    // Some are told at once, as many as time has passed for.
    expect(waited.length).toBeGreaterThan(0)
  })
})
