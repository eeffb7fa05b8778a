import { createHmac, createPublicKey, generateKeyPairSync, sign } from 'node:crypto'
import type { ChannelDescription, LiveRecord } from 'dovetail-protocol'
import { beforeAll, describe, expect, test } from 'vitest'
import { openStream } from '../../support/clients/event-stream.ts'
import { at, freshChannel } from '../../support/paths.ts'
import { type Server, serving } from '../../support/servers/serving.ts'
import { signClaims, testSecret, tokenFor } from '../../support/servers/token-for.ts'
import { awaitLater } from '../../support/until.ts'

const now = () => Math.floor(Date.now() / 1000)
const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

/** A token put together by hand: any header, any claims, signed by HMAC with any key. */
function forge(header: object, claims: object, key: string | Buffer = testSecret, hash = 'sha256'): string {
  const head = `${encode(header)}.${encode(claims)}`
  return `${head}.${createHmac(hash, key).update(head).digest('base64url')}`
}

interface Verdicts {
  readonly rest: string
  readonly poll: string
  /** The status, since a refused stream's body is not read here. */
  readonly stream: number
  readonly socket: string
  readonly close: number | null
}

/** What each transport answers to a token: the code, or `ok`. */
async function verdicts(server: Server, token: string): Promise<Verdicts> {
  const bearer = (await server.rest()).as(token)
  const rest = (await bearer.get('/v1/me')).code ?? 'ok'
  const path = '/v1/channels/chat:verdicts/changes'
  const poll = (await bearer.get(`${path}?after=0&wait=1`)).code ?? 'ok'
  const stream = await openStream({ port: server.port, path, token })
  stream.close()
  const socket = await server.open()
  const reply = await socket.command('hello', { token })
  const http = { rest, poll, stream: stream.status }
  if ('ok' in reply) return { ...http, socket: 'ok', close: null }
  return { ...http, socket: reply.error.code, close: (await socket.ended()).code }
}

const refusedWith = (code: string): Verdicts => ({ rest: code, poll: code, stream: 401, socket: code, close: 4401 })
const admitted: Verdicts = { rest: 'ok', poll: 'ok', stream: 200, socket: 'ok', close: null }

describe('tokens', () => {
  const server = serving({ limits: { failures: 100_000 } })
  const good = () => ({ sub: 'alice', exp: now() + 600 })
  // What the polls read is there already, so that none of them waits.
  beforeAll(async () => {
    await (await server.rest('alice')).post(at('chat:verdicts'), { text: 'a' })
  })
  const hs256 = { alg: 'HS256', typ: 'JWT' }

  test('[TOK1, TOK4] a token of the secret is accepted over every transport', async () => {
    expect(await verdicts(server, forge(hs256, good()))).toEqual(admitted)
    expect(await verdicts(server, await tokenFor('alice'))).toEqual(admitted)
  })

  test.each([
    ['exp 10 s ago', { exp: -10 }, admitted],
    ['exp 31 s ago', { exp: -32 }, refusedWith('token_expired')],
    ['nbf in 10 s', { nbf: 10 }, admitted],
    ['nbf in 31 s', { nbf: 33 }, refusedWith('unauthenticated')],
    ['iat in 10 s', { iat: 10 }, admitted],
    ['iat in 31 s', { iat: 33 }, refusedWith('unauthenticated')],
    ['exp in 30 days', { exp: 30 * 86_400 }, admitted],
    ['exp in 10 years', { exp: 10 * 365 * 86_400 }, admitted],
  ])('[TOK3, TOK4] B20: a token with %s is judged the same over every transport', async (_what, offsets, verdict) => {
    const moments = Object.fromEntries(Object.entries(offsets).map(([name, offset]) => [name, now() + offset]))
    expect(await verdicts(server, await signClaims({ ...good(), ...moments }))).toEqual(verdict)
  })

  test.each([
    ['no sub', { sub: undefined }],
    ['a number as sub', { sub: 7 }],
    ['no exp', { exp: undefined }],
    ['exp as text', { exp: String(now() + 600) }],
    ['exp null', { exp: null }],
    ['exp NaN', { exp: Number.NaN }],
    ['nbf as text', { nbf: '1' }],
    ['iat as text', { iat: '1' }],
    ['an unknown role', { role: 'root' }],
    ['a role that is not text', { role: ['admin'] }],
    ['a role that is null', { role: null }],
    ['a name that is not text', { name: {} }],
    ['grants that are not a list', { grants: 'chat:*' }],
    ['a grant without can', { grants: [{ channel: 'chat:*' }] }],
    ['a grant of an unknown right', { grants: [{ channel: 'chat:*', can: ['own'] }] }],
    ['a grant of a number', { grants: [{ channel: 7, can: ['read'] }] }],
    ['a session that is not text', { session: 7 }],
  ])('[TOK2, TOK4] B20: %s is refused over every transport', async (_what, claims) => {
    expect(await verdicts(server, forge(hs256, { ...good(), ...claims }))).toEqual(refusedWith('unauthenticated'))
  })

  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const pem = publicKey.export({ type: 'spki', format: 'pem' })
  const jwk = createPublicKey(pem).export({ format: 'jwk' })
  const forgeries: [string, () => string][] = [
    ['alg none', () => `${encode({ alg: 'none' })}.${encode(good())}.`],
    ['alg None', () => `${encode({ alg: 'None' })}.${encode(good())}.`],
    ['alg NONE with a signature', () => forge({ alg: 'NONE' }, good())],
    ['alg nOnE without the last dot', () => `${encode({ alg: 'nOnE' })}.${encode(good())}`],
    ['no alg', () => forge({ typ: 'JWT' }, good())],
    ['alg as a list', () => forge({ alg: ['HS256'] }, good())],
    ['alg in small letters', () => forge({ alg: 'hs256' }, good())],
    ['HS384', () => forge({ alg: 'HS384' }, good(), testSecret, 'sha384')],
    ['HS512', () => forge({ alg: 'HS512' }, good(), testSecret, 'sha512')],
    ['another secret', () => forge(hs256, good(), 'another secret, also 32 characters long')],
    ['an empty secret', () => forge(hs256, good(), '')],
    ['the secret with a line end', () => forge(hs256, good(), `${testSecret}\n`)],
    ['an RSA public key as the secret', () => forge(hs256, good(), Buffer.from(pem))],
    ['an own key in the header', () => forge({ ...hs256, jwk: { kty: 'oct', k: 'AAAA' } }, good(), Buffer.alloc(3))],
    ['a key to be fetched', () => forge({ ...hs256, jku: 'http://127.0.0.1:1/keys' }, good(), 'x')],
    ['a kid that is a path', () => forge({ ...hs256, kid: '../../../../dev/null' }, good(), '')],
    ['a kid that is SQL', () => forge({ ...hs256, kid: "' union select 'x" }, good(), 'x')],
    ['an unknown critical header', () => forge({ ...hs256, crit: ['odd'], odd: 1 }, good())],
    ['a changed claim', () => forge(hs256, good()).replace(/\.[^.]+\./, `.${encode({ ...good(), sub: 'root' })}.`)],
    ['a cut signature', () => forge(hs256, good()).slice(0, -4)],
    ['no signature', () => `${forge(hs256, good()).split('.').slice(0, 2).join('.')}.`],
    ['padding', () => `${forge(hs256, good())}=`],
    ['four parts', () => `${forge(hs256, good())}.x`],
    ['claims that are a list', () => forge(hs256, [good()])],
    ['claims that are a text', () => forge(hs256, 'alice' as unknown as object)],
    ['nonsense', () => 'nonsense'],
    ['dots', () => '..'],
    ['RS256 of an own key', () => rs256({ alg: 'RS256', jwk })],
    ['RS256 with an x5c', () => rs256({ alg: 'RS256', x5c: ['AAAA'] })],
  ]
  function rs256(header: object): string {
    const head = `${encode(header)}.${encode(good())}`
    return `${head}.${sign('sha256', Buffer.from(head), privateKey).toString('base64url')}`
  }

  test.each(forgeries)('[TOK1, TOK4, CLO9] B20: a forged token is refused: %s', async (_what, token) => {
    expect(await verdicts(server, token())).toEqual(refusedWith('unauthenticated'))
  })

  test.each(['Basic YTpi', 'Bearer', 'bearer', 'Bearer a b', 'Token x'])(
    '[TOK8] the header "%s" is not taken for a token',
    async (authorization) => {
      const nobody = await server.rest()
      const refused = await nobody.get('/v1/me', { authorization })
      expect([refused.status, refused.code]).toEqual([401, 'unauthenticated'])
    },
  )

  test('[TOK8] a bad token is refused also where nobody is admitted', async () => {
    const nobody = await server.rest()
    const refused = await nobody.get(at(freshChannel()), { authorization: 'Bearer nonsense' })
    expect([refused.status, refused.code]).toEqual([401, 'unauthenticated'])
  })

  test('[TOK8] no query parameter is a token', async () => {
    const token = await tokenFor('alice')
    const nobody = await server.rest()
    for (const name of ['token', 'access_token', 'authorization', 'jwt', 'auth']) {
      expect((await nobody.get(`/v1/me?${name}=${token}`)).code).toBe('invalid_query')
      const socket = await server.open({ path: `/v1/ws?${name}=${token}` })
      expect((await socket.hello()).user).toBeNull()
      socket.close()
    }
  })
})

describe('rights', () => {
  const server = serving()

  test('[TOK5] where a grant matches, it replaces the policy', async () => {
    const path = at('chat:granted', 'messages')
    const readOnly = await server.rest('reader', { grants: [{ channel: 'chat:granted', can: ['read'] }] })
    const refused = await readOnly.post(path, { text: 'a' })
    expect([refused.status, refused.code]).toEqual([403, 'forbidden'])
    expect((await readOnly.get(path)).status).toBe(200)
    expect((await readOnly.post(at('chat:other'), { text: 'a' })).status).toBe(201)
    const blind = await server.rest('blind', { grants: [{ channel: 'chat:granted', can: [] }] })
    expect(['forbidden', 'not_found']).toContain((await blind.get(path)).code)
    const feeder = await server.rest('feeder', { grants: [{ channel: 'prices:*', can: ['read', 'write'] }] })
    expect((await feeder.post(at('prices:granted', 'quotes'), { symbol: 'A', price: 1 })).status).toBe(201)
  })

  test('[TOK5] * stands for any characters, and nothing else is a pattern', async () => {
    const matches = async (pattern: string, channel: string) => {
      const rest = await server.rest('reader', { grants: [{ channel: pattern, can: ['read'] }] })
      return (await rest.post(at(channel), { text: 'a' })).code === 'forbidden'
    }
    for (const [pattern, channel, fits] of [
      ['*', 'chat:a', true],
      ['chat:*', 'chat:a', true],
      ['chat:*', 'chat:', true],
      ['chat:*x', 'chat:a.x', true],
      ['c*:a*b', 'chat:a-:b', true],
      ['chat:*', 'chat', false],
      ['chat:a', 'chat:ab', false],
      ['hat:*', 'chat:a', false],
      ['chat:.', 'chat:a', false],
      ['chat:[a]', 'chat:a', false],
      ['chat:a?', 'chat:ab', false],
      ['CHAT:*', 'chat:a', false],
    ] as const) {
      expect([pattern, channel, await matches(pattern, channel)]).toEqual([pattern, channel, fits])
    }
  })

  test('[TOK5] a pattern of many stars takes no long time', async () => {
    const grants = [{ channel: `${'*a'.repeat(60)}b`, can: ['read'] }]
    const rest = await server.rest('reader', { grants })
    const before = performance.now()
    await rest.get(at(`chat:${'a'.repeat(120)}`))
    // By backtracking it would take years.
    expect(performance.now() - before).toBeLessThan(10_000)
  })

  test('[TOK5] a grant lets a stranger into a private channel', async () => {
    const olga = await server.rest('olga')
    await olga.put('/v1/channels/team:granted', { visibility: 'private' })
    await olga.post(at('team:granted'), { text: 'secret' })
    const guest = await server.rest('auditor', { grants: [{ channel: 'team:granted', can: ['read'] }] })
    expect((await guest.get(at('team:granted'))).text).toContain('secret')
    expect((await guest.post(at('team:granted'), { text: 'a' })).code).toBe('forbidden')
  })

  test('[TOK6] manage creates and deletes channels and sets members', async () => {
    const boss = await server.rest('boss', { grants: [{ channel: 'team:*', can: ['read', 'write', 'manage'] }] })
    const worker = await server.rest('worker', { grants: [{ channel: 'team:*', can: ['read', 'write'] }] })
    const olga = await server.rest('olga')
    await olga.put('/v1/channels/team:managed', { visibility: 'private' })
    const member = { user: 'worker', role: 'member' }
    expect((await worker.put(at('team:managed', 'members', 'worker'), member)).code).toBe('forbidden')
    expect((await worker.delete('/v1/channels/team:managed')).code).toBe('forbidden')
    expect((await boss.put(at('team:managed', 'members', 'worker'), member)).status).toBe(201)
    expect((await boss.delete('/v1/channels/team:managed')).status).toBe(204)
  })

  test('[TOK7] a service writes where the policy says service, and may do what nobody else may', async () => {
    const backend = await server.rest('backend', { role: 'service' })
    expect((await backend.post(at('prices:s', 'quotes'), { symbol: 'A', price: 1 })).status).toBe(201)
    const alice = await server.rest('alice')
    expect((await alice.post(at('prices:s', 'quotes'), { symbol: 'A', price: 1 })).code).toBe('forbidden')
  })

  test('[TOK9] a member that was set reads and writes at once; one that was removed does neither', async () => {
    const [olga, mira] = [await server.rest('olga'), await server.rest('mira')]
    const channel = freshChannel('team')
    await olga.put(`/v1/channels/${channel}`, { visibility: 'private' })
    expect((await mira.get(at(channel))).code).toBe('not_found')
    await olga.post(at(channel, 'members'), { user: 'mira', role: 'member' })
    const written = await mira.post<LiveRecord>(at(channel), { text: 'a' })
    expect(written.status).toBe(201)
    const described = (await mira.get<ChannelDescription>(`/v1/channels/${channel}`)).body
    expect(described.head).toBe(3)
    const members = (await olga.get<{ records: LiveRecord<{ user: string }>[] }>(at(channel, 'members'))).body.records
    const membership = members.find(({ data }) => data.user === 'mira')
    await olga.delete(at(channel, 'members', membership?.id))
    expect((await mira.post(at(channel), { text: 'b' })).code).toBe('not_found')
    expect((await mira.get(at(channel))).code).toBe('not_found')
  })

  test('[WSK23, TOK9] a lost membership ends the subscription in log order', async () => {
    const olga = await server.rest('olga')
    const channel = freshChannel('team')
    await olga.put(`/v1/channels/${channel}`, { visibility: 'private' })
    const member = await olga.post<LiveRecord>(at(channel, 'members'), { user: 'mira', role: 'member' })
    const socket = await server.connect('mira')
    await socket.subscribe(channel)
    await olga.post(at(channel), { text: 'before' })
    const removed = awaitLater(olga.delete(at(channel, 'members', member.body.id)))
    const after = Array.from({ length: 5 }, (_, n) => olga.post(at(channel), { text: `after ${n}` })).map(awaitLater)
    await Promise.all([removed, ...after])
    expect(await socket.next('ended')).toEqual({ op: 'ended', channel, reason: 'forbidden' })
    await socket.ok('ping')
    const revs = socket.events('changes', channel).flatMap(({ changes }) => changes.map(({ record }) => record.rev))
    const position = Number(String((await removed).headers['dovetail-at']).split('.')[1])
    expect(revs).toContain(3)
    expect(revs.filter((rev) => rev > position)).toEqual([])
    const refused = await socket.refused('subscribe', { channel })
    expect(refused.code).toBe('not_found')
  })
})
