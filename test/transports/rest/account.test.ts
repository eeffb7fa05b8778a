import {
  type ChangesReply,
  type Guest,
  type LiveRecord,
  limitTable,
  type Me,
  type Page,
  type Profile,
} from 'dovetail-protocol'
import { describe, expect, test } from 'vitest'
import { frame, openLine, serverCloseCode, upgradeRequest } from '../../support/clients/raw-socket.ts'
import { at, freshChannel } from '../../support/paths.ts'
import { serving, stores } from '../../support/servers/serving.ts'
import { signClaims, tokenFor } from '../../support/servers/token-for.ts'

const day = 86_400

describe.each(stores)('accounts, %s store', (store) => {
  const server = serving({ store })

  test('[RST21] a guest gets a user, a name and a token that works', async () => {
    const nobody = await server.rest()
    const made = await nobody.post<Guest>('/v1/guests', { name: 'Mia' })
    expect(made.status).toBe(201)
    expect(made.body).toMatchObject({ name: 'Mia', user: expect.any(String), token: expect.any(String) })
    expect(Date.parse(made.body.expiresAt)).toBeGreaterThan(Date.now())
    const guest = nobody.as(made.body.token)
    expect((await guest.get<Me>('/v1/me')).body).toMatchObject({ user: made.body.user, name: 'Mia', guest: true })
    const post = await guest.post<LiveRecord>(at(freshChannel()), { text: 'hi' })
    expect([post.status, post.body.author]).toEqual([201, made.body.user])
    const socket = await server.open()
    expect((await socket.hello(made.body.token)).user).toBe(made.body.user)
  })

  test('[RST21] a name is optional, and guests differ', async () => {
    const nobody = await server.rest()
    const [one, two] = [await nobody.post<Guest>('/v1/guests', {}), await nobody.send<Guest>('POST', '/v1/guests')]
    expect([one.status, two.status]).toEqual([201, 201])
    expect(one.body.user).not.toBe(two.body.user)
    expect(one.body.name.length).toBeGreaterThan(0)
  })

  test.each([{ name: '' }, { name: 7 }, { name: 'n'.repeat(65) }, []])(
    '[RST21] the body %j is invalid_data',
    async (body) => {
      const nobody = await server.rest()
      const refused = await nobody.post('/v1/guests', body)
      expect([refused.status, refused.code]).toEqual([422, 'invalid_data'])
    },
  )

  test('[RST22] with its own token a guest gets a fresh one for the same user', async () => {
    const nobody = await server.rest()
    const first = (await nobody.post<Guest>('/v1/guests', { name: 'Mia' })).body
    const again = await nobody.as(first.token).post<Guest>('/v1/guests', {})
    expect([again.status, again.body.user, again.body.name]).toEqual([201, first.user, 'Mia'])
    expect((await nobody.as(again.body.token).get<Me>('/v1/me')).body.user).toBe(first.user)
  })

  test('[RST22, RST19] a name that was changed since stays, whatever the token was made with', async () => {
    const nobody = await server.rest()
    const first = (await nobody.post<Guest>('/v1/guests', { name: 'Mia' })).body
    const mia = nobody.as(first.token)
    await mia.patch('/v1/me', { name: 'Mia the Second', about: 'here' })
    const again = await mia.post<Guest>('/v1/guests', {})
    expect([again.body.user, again.body.name]).toEqual([first.user, 'Mia the Second'])
    expect((await mia.get<Me>('/v1/me')).body).toMatchObject({ name: 'Mia the Second', about: 'here' })
    expect((await mia.post<Guest>('/v1/guests', { name: 'Third' })).body.name).toBe('Third')
    expect((await mia.get<Me>('/v1/me')).body).toMatchObject({ name: 'Third', about: 'here' })
  })

  test('[RST22] a guest token renews up to 30 days after it expired', async () => {
    const nobody = await server.rest()
    const late = await tokenFor('guest-1', { role: 'guest', ttl: -29 * day })
    const renewed = await nobody.as(late).post<Guest>('/v1/guests', {})
    expect([renewed.status, renewed.body.user]).toEqual([201, 'guest-1'])
    const tooLate = await tokenFor('guest-1', { role: 'guest', ttl: -31 * day })
    const refused = await nobody.as(tooLate).post('/v1/guests', {})
    expect([refused.status, refused.code]).toEqual([401, 'token_expired'])
  })

  test('[RST22] a token of no guest, or forged, renews nothing', async () => {
    const nobody = await server.rest()
    const forged = await signClaims(
      { sub: 'guest-1', role: 'guest', exp: 1 },
      'another secret, also 32 characters long',
    )
    expect((await nobody.as(forged).post('/v1/guests', {})).status).toBe(401)
    const expiredUser = await tokenFor('alice', { ttl: -3600 })
    expect([401, 403]).toContain((await nobody.as(expiredUser).post('/v1/guests', {})).status)
  })

  test('[RST18] GET /v1/me describes the caller', async () => {
    const alice = await server.rest('alice-18', { name: 'Alice' })
    const me = (await alice.get<Me>('/v1/me')).body
    expect(me).toMatchObject({ user: 'alice-18', name: 'Alice', guest: false })
    expect(me).toHaveProperty('rights')
    const nobody = await server.rest()
    const refused = await nobody.get('/v1/me')
    expect([refused.status, refused.code]).toEqual([401, 'unauthenticated'])
  })

  test('[RST19, RST20] PATCH changes the profile, and others see it', async () => {
    const alice = await server.rest('alice-19')
    const changed = await alice.patch<Me>('/v1/me', { name: 'Alice A.', about: 'Joiner' })
    expect([changed.status, changed.body.name, changed.body.about]).toEqual([200, 'Alice A.', 'Joiner'])
    const bob = await server.rest('bob')
    const seen = await bob.get<Profile>('/v1/users/alice-19')
    expect([seen.status, seen.body]).toEqual([
      200,
      { user: 'alice-19', name: 'Alice A.', about: 'Joiner', guest: false },
    ])
    await alice.patch('/v1/me', { about: null })
    expect((await bob.get<Profile>('/v1/users/alice-19')).body).not.toHaveProperty('about')
  })

  test.each([{ user: 'root' }, { guest: true }, { rights: [] }, { name: 7 }, { name: '' }, { name: null }, 'x'])(
    '[RST19] the patch %j is invalid_data',
    async (patch) => {
      const alice = await server.rest('alice-bad')
      const refused = await alice.patch('/v1/me', patch)
      expect([refused.status, refused.code]).toEqual([422, 'invalid_data'])
    },
  )

  test('[RST20] a user that nobody knows is not_found', async () => {
    const alice = await server.rest('alice')
    const refused = await alice.get('/v1/users/never-seen')
    expect([refused.status, refused.code]).toEqual([404, 'not_found'])
  })

  test('[RST23, LIM1, LIM17] the limits have names, and are in hello too', async () => {
    const nobody = await server.rest()
    const limits = (await nobody.get<Record<string, number>>('/v1/limits')).body
    for (const [name, meaning] of Object.entries(limitTable)) {
      expect([name, limits[name]]).toEqual([name, meaning.default])
    }
    expect(limits.idempotencyHours).toBe(24)
    const socket = await server.open()
    expect((await socket.hello()).limits).toEqual(limits)
  })

  test('[RST24] /healthz answers while the server runs', async () => {
    const nobody = await server.rest()
    expect((await nobody.get('/healthz')).status).toBe(200)
  })
})

describe('limits that leave others no room', () => {
  const server = serving({ limits: { pageRecords: 5, changes: 5, waitSecondsMax: 0.2 } })

  test('[LIM7, LIM8, LIM1] a reply that names no limit holds no more than one that may', async () => {
    const alice = await server.rest('alice')
    const channel = freshChannel()
    for (let n = 0; n < 8; n++) await alice.post(at(channel), { text: `${n}` })
    expect((await alice.get<Page>(at(channel))).body.records).toHaveLength(5)
    const changes = `/v1/channels/${channel}/changes`
    expect((await alice.get<ChangesReply>(`${changes}?after=0`)).body.changes).toHaveLength(5)
    expect((await alice.get('/v1/limits')).body).toMatchObject({
      pageRecordsDefault: 5,
      changesDefault: 5,
      waitSeconds: 0.2,
    })
  })
})

describe('limits of one address and of one user', () => {
  const server = serving({ limits: { guests: 3, commands: 5, commandsBurst: 10, connections: 4, subscriptions: 3 } })

  test('[LIM1] the reported limits are those that were set', async () => {
    const nobody = await server.rest()
    expect((await nobody.get('/v1/limits')).body).toMatchObject({ guests: 3, commands: 5, connections: 4 })
  })

  test('[LIM15, ERR15] bound new guests a minute', async () => {
    const nobody = await server.rest()
    const answers = []
    for (let n = 0; n < 5; n++) answers.push(await nobody.post<{ retryAfter: number }>('/v1/guests', {}))
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201, 429, 429])
    const last = answers.at(-1)
    expect(last?.code).toBe('rate_limited')
    expect(last?.body.retryAfter).toBeGreaterThan(0)
    expect(last?.body.retryAfter).toBeLessThanOrEqual(60)
    expect(Number(last?.headers['retry-after'])).toBeGreaterThan(0)
  })

  test('[LIM16, ERR15] bound the commands of one user over REST', async () => {
    const eager = await server.rest('eager')
    const calm = await server.rest('calm')
    const channel = freshChannel()
    const answers = await Promise.all(Array.from({ length: 30 }, (_, n) => eager.post(at(channel), { text: `${n}` })))
    const refused = answers.filter(({ status }) => status === 429)
    expect(refused.length).toBeGreaterThan(5)
    expect(refused.every(({ code }) => code === 'rate_limited')).toBe(true)
    expect(Number(refused[0]?.headers['retry-after'])).toBeGreaterThan(0)
    expect((await calm.post(at(channel), { text: 'calm' })).status).toBe(201)
  })

  test('[LIM16, CLO12] bound the commands of one user over a socket, and then close it', async () => {
    const socket = await server.connect('eager-socket')
    for (let n = 0; n < 1_500; n++) socket.send({ id: n, op: 'ping' })
    expect((await socket.ended()).code).toBe(4429)
    const errors = socket.frames.filter((frame) => 'error' in frame)
    expect(errors.some((frame) => (frame.error as { code: string }).code === 'rate_limited')).toBe(true)
  })

  test('[TOK7] a service is not rate limited', async () => {
    const backend = await server.rest('backend', { role: 'service' })
    const channel = freshChannel()
    const answers = await Promise.all(Array.from({ length: 40 }, (_, n) => backend.post(at(channel), { text: `${n}` })))
    expect(answers.every(({ status }) => status === 201)).toBe(true)
  })

  test('[LIM6, ERR15] bound the subscriptions of one connection', async () => {
    const socket = await server.connect('backend', { role: 'service' })
    const channels = Array.from({ length: 3 }, () => freshChannel())
    for (const channel of channels) await socket.subscribe(channel)
    expect((await socket.refused('subscribe', { channel: freshChannel() })).code).toBe('too_many_subscriptions')
    await socket.subscribe(channels[0] ?? '')
    await socket.ok('unsubscribe', { channel: channels[0] })
    await socket.subscribe(freshChannel())
  })
})

describe('readers without identity', () => {
  const server = serving({ limits: { commands: 5, commandsBurst: 10 } })

  test('[LIM16] are counted one by one: many may connect from one address at once', async () => {
    const channel = freshChannel()
    const sockets = await Promise.all(Array.from({ length: 40 }, () => server.open()))
    await Promise.all(sockets.map((socket) => socket.hello()))
    await Promise.all(sockets.map((socket) => socket.subscribe(channel)))
    const [eager] = sockets
    for (let n = 0; n < 30; n++) eager?.send({ id: `p${n}`, op: 'ping' })
    expect(await eager?.reply('p29')).toMatchObject({ error: { code: 'rate_limited' } })
  })
})

describe('connections of one address', () => {
  const server = serving({ limits: { connections: 3 } })

  test('[LIM14, CLO12] one over the limit is closed with 4429, until another one ends', async () => {
    const sockets = []
    for (let n = 0; n < 3; n++) sockets.push(await server.connect())
    expect((await (await server.open()).ended()).code).toBe(4429)
    sockets[0]?.close(1000)
    await sockets[0]?.ended()
    const again = await server.connect()
    expect(await again.ok('ping')).toHaveProperty('serverTime')
  })
})

describe('one connection too many', () => {
  const server = serving({ limits: { connections: 1 } })

  test('[LIM14, CLO12] a connection that breaks the protocol while it is closed does no harm', async () => {
    const kept = await server.connect()
    const line = await openLine(server.port)
    line.write(upgradeRequest())
    await line.until('the close', (bytes) => serverCloseCode(bytes) === 4429)
    line.write(frame({ opcode: 3, payload: 'broken', masked: false }))
    await line.ended
    expect(await kept.ok('ping')).toHaveProperty('serverTime')
  })
})
