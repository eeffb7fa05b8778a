import { createHmac, generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient } from 'dovetail-client'
import { SignJWT } from 'jose'
import { afterAll, describe, expect, onTestFinished, test } from 'vitest'
import { type Server, serving, startServer } from '../../support/servers/serving.ts'
import { signClaims } from '../../support/servers/token-for.ts'

const keys = {
  RS256: generateKeyPairSync('rsa', { modulusLength: 2048 }),
  ES256: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  EdDSA: generateKeyPairSync('ed25519'),
}
type Algorithm = keyof typeof keys
const algorithms = Object.keys(keys) as Algorithm[]

const folder = mkdtempSync(join(tmpdir(), 'dovetail-keys-'))
const jwks = join(folder, 'keys.json')
writeFileSync(
  jwks,
  JSON.stringify({
    keys: algorithms.map((alg) => ({ ...keys[alg].publicKey.export({ format: 'jwk' }), alg, kid: `key-${alg}` })),
  }),
)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const issued = { sub: 'alice', exp: Math.floor(Date.now() / 1000) + 600, iss: 'https://issuer.example', aud: 'chat' }

function signed(alg: Algorithm, claims: object = issued, header: object = {}): Promise<string> {
  return new SignJWT({ ...claims }).setProtectedHeader({ alg, kid: `key-${alg}`, ...header }).sign(keys[alg].privateKey)
}

async function verdict(server: Server, token: string): Promise<{ rest: string; socket: string }> {
  const me = await (await server.rest()).as(token).get<{ user?: string }>('/v1/me')
  const socket = await server.open()
  const reply = await socket.command<{ user: string }>('hello', { token })
  return { rest: me.code ?? String(me.body.user), socket: 'ok' in reply ? reply.ok.user : reply.error.code }
}

const admitted = { rest: 'alice', socket: 'alice' }
const refused = { rest: 'unauthenticated', socket: 'unauthenticated' }
const encode = (value: unknown) =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url')

describe('the keys of an outside issuer', () => {
  const server = serving({ jwks, limits: { failures: 1000 } })

  test.each(algorithms)('[TOK12] %s is admitted, by its kid', async (alg) => {
    expect(await verdict(server, await signed(alg))).toEqual(admitted)
    expect(await verdict(server, await signed(alg, issued, { kid: 'another' }))).toEqual(refused)
    expect(await verdict(server, await signed(alg, { ...issued, sub: 'a b' }))).toEqual(refused)
  })

  test('[TOK12] tokens of the secret are accepted beside them', async () => {
    expect(await verdict(server, await signClaims(issued))).toEqual(admitted)
    expect(await verdict(server, await signClaims(issued, 'another secret, also 32 characters long'))).toEqual(refused)
  })

  test('[TOK12] B20: a public key is not taken for a secret, and the header of a token does not choose the algorithm', async () => {
    const pem = keys.RS256.publicKey.export({ type: 'spki', format: 'pem' })
    const head = `${encode({ alg: 'HS256', kid: 'key-RS256' })}.${encode(issued)}`
    const confused = `${head}.${createHmac('sha256', pem).update(head).digest('base64url')}`
    const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const own = { jwk: stranger.publicKey.export({ format: 'jwk' }) }
    const forged = new SignJWT({ ...issued }).setProtectedHeader({ alg: 'ES256', kid: 'key-ES256', ...own })
    for (const token of [
      confused,
      await forged.sign(stranger.privateKey),
      (await signed('RS256')).replace(/^[^.]+/, encode({ alg: 'PS256', kid: 'key-RS256' })),
      (await signed('RS256')).replace(/^[^.]+/, encode({ alg: 'none', kid: 'key-RS256' })),
      (await signed('RS256')).replace(/^[^.]+/, encode('no JSON')),
      (await signed('RS256')).replace(/^[^.]+/, encode('7')),
      (await signed('RS256')).replace(/^[^.]+/, encode({ kid: 'key-RS256' })),
      `${await signed('EdDSA')}x`,
    ]) {
      expect([token, await verdict(server, token)]).toEqual([token, refused])
    }
  })
})

describe('issuer and audience', () => {
  const server = serving({ jwks, issuer: 'https://issuer.example', audience: 'chat', limits: { failures: 1000 } })

  test.each([
    ['both named', {}, admitted],
    ['one audience of several', { aud: ['mail', 'chat'] }, admitted],
    ['another issuer', { iss: 'https://issuer.example.evil' }, refused],
    ['no issuer', { iss: undefined }, refused],
    ['another audience', { aud: 'mail' }, refused],
    ['no audience', { aud: undefined }, refused],
  ])('[TOK13] %s', async (_what, claims, expected) => {
    expect(await verdict(server, await signed('ES256', { ...issued, ...claims }))).toEqual(expected)
    expect(await verdict(server, await signClaims({ ...issued, ...claims }))).toEqual(expected)
  })
})

describe('keys that can not be read', () => {
  const server = serving({ jwks: 'http://127.0.0.1:9/keys.json', limits: { failures: 2 } })

  test('[TOK12, TOK4] give 503 with Retry-After, which counts against nobody', async () => {
    const token = await signed('ES256')
    for (let attempt = 0; attempt < 4; attempt++) {
      const answer = await (await server.rest()).as(token).get('/v1/me')
      expect([answer.status, answer.code]).toEqual([503, 'store_unavailable'])
      expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0)
    }
    const socket = await server.open()
    expect((await socket.refused('hello', { token })).code).toBe('store_unavailable')
    expect((await socket.hello(await signClaims(issued))).user).toBe('alice')
  })
})

describe('a rotation of keys', () => {
  const jwk = (alg: Algorithm) => ({ ...keys[alg].publicKey.export({ format: 'jwk' }), alg, kid: `key-${alg}` })
  const rotated = join(folder, 'rotated.json')
  const put = (...there: readonly Algorithm[]) => writeFileSync(rotated, JSON.stringify({ keys: there.map(jwk) }))
  put('RS256')
  const server = serving({ jwks: rotated, limits: { failures: 1000 } })

  test('[TOK15, N21] ends remembered tokens and open connections of the withdrawn key', async () => {
    const token = await signed('RS256')
    expect(await verdict(server, token)).toEqual(admitted)
    const socket = await server.open()
    await socket.hello(token)
    put('ES256')
    // A token by the new key has the file read again.
    expect(await verdict(server, await signed('ES256'))).toEqual(admitted)
    expect((await socket.ended()).code).toBe(4401)
    const unseen = await signed('RS256', { ...issued, sub: 'bob' })
    for (const each of [token, unseen]) expect(await verdict(server, each)).toEqual(refused)
  })
})

describe('the URL of an issuer', () => {
  test('[TOK16] is not followed elsewhere, and gives no more than 256 KiB', async () => {
    const document = { keys: [{ ...keys.ES256.publicKey.export({ format: 'jwk' }), alg: 'ES256', kid: 'key-ES256' }] }
    const answers: Record<string, (response: ServerResponse) => void> = {
      '/moved': (response) => response.writeHead(302, { location: '/right' }).end(),
      '/large': (response) => response.end(JSON.stringify({ ...document, more: 'x'.repeat(262_144) })),
      '/right': (response) => response.end(JSON.stringify(document)),
    }
    const issuer = createServer((request, response) => answers[request.url ?? '']?.(response))
    await new Promise<void>((resolve) => issuer.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => {
      issuer.close()
    })
    const { port } = issuer.address() as AddressInfo
    const codes: Record<string, string> = {}
    for (const path of Object.keys(answers)) {
      const server = await startServer({ jwks: `http://127.0.0.1:${port}${path}` })
      codes[path] = (await verdict(server, await signed('ES256'))).rest
      await server.stop()
    }
    expect(codes).toEqual({ '/moved': 'store_unavailable', '/large': 'store_unavailable', '/right': 'alice' })
  })

  test('[TOK14, N22] lets an SDK in whose key is new within the cool-down', async () => {
    let there: readonly Algorithm[] = ['RS256']
    const jwk = (alg: Algorithm) => ({ ...keys[alg].publicKey.export({ format: 'jwk' }), alg, kid: `key-${alg}` })
    const issuer = createServer((_request, response) => response.end(JSON.stringify({ keys: there.map(jwk) })))
    await new Promise<void>((resolve) => issuer.listen(0, '127.0.0.1', resolve))
    const { port } = issuer.address() as AddressInfo
    const server = await startServer({ jwks: `http://127.0.0.1:${port}/keys` })
    onTestFinished(async () => {
      await server.stop()
      issuer.close()
    })
    expect(await verdict(server, await signed('RS256'))).toEqual(admitted)
    there = ['ES256']
    const client = createClient({ url: server.url, storage: null, getToken: () => signed('ES256') })
    onTestFinished(() => client.close())
    const view = client.channel('chat:general').collection('messages').live()
    // The server tells the client to come back within 10 s, the cool-down; the client adds to that.
    await expect.poll(() => view.state, { timeout: 55_000 }).toBe('live')
    expect(client.state).toMatchObject({ name: 'open', user: 'alice' })
  }, 60_000)
})
