import { createHmac, generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SignJWT } from 'jose'
import { afterAll, describe, expect, test } from 'vitest'
import { type Server, serving } from '../support/serving.ts'
import { signClaims } from '../support/token-for.ts'

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

  test("[TOK12] the secret's own tokens count beside them", async () => {
    expect(await verdict(server, await signClaims(issued))).toEqual(admitted)
    expect(await verdict(server, await signClaims(issued, 'another secret, also 32 characters long'))).toEqual(refused)
  })

  test('[TOK12] B20: a public key is no secret, and a header chooses nothing', async () => {
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

  test('[TOK12, TOK4] leave the token undecided: 503 with Retry-After, which counts against nobody', async () => {
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
