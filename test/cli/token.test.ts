import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { jwtVerify } from 'jose'
import { expect, test } from 'vitest'
import { spawnServer } from '../support/servers/spawn-server.ts'
import { testSecret } from '../support/servers/token-for.ts'
import { folderWith, runHere } from './run-here.ts'

async function claimsOf(stdout: string, secret: string) {
  expect(stdout).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/)
  const { payload, protectedHeader } = await jwtVerify(stdout.trim(), new TextEncoder().encode(secret))
  expect(protectedHeader.alg).toBe('HS256')
  return payload
}

test('a token has the claims that the flags say, and nothing else is printed', async () => {
  const flags = ['--user', 'alice', '--name', 'Alice', '--role', 'admin', '--ttl', '2h']
  const grants = ['--grant', 'chat:*=read,write', '--grant', 'docs:*=manage']
  const { exitCode, stdout, stderr } = await runHere(['token', ...flags, ...grants], { DOVETAIL_SECRET: testSecret })
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
  const { iat = 0, exp = 0, ...claims } = await claimsOf(stdout, testSecret)
  expect(exp - iat).toBe(7200)
  expect(claims).toEqual({
    sub: 'alice',
    name: 'Alice',
    role: 'admin',
    session: expect.stringMatching(/^.{8,}$/),
    grants: [
      { channel: 'chat:*', can: ['read', 'write'] },
      { channel: 'docs:*', can: ['manage'] },
    ],
  })
})

test('by default it is a user for an hour, in a session of its own', async () => {
  const environment = { DOVETAIL_SECRET: testSecret }
  const one = await claimsOf((await runHere(['token', '--user', 'bob'], environment)).stdout, testSecret)
  const two = await claimsOf((await runHere(['token', '--user', 'bob'], environment)).stdout, testSecret)
  expect(one).toMatchObject({ sub: 'bob', role: 'user' })
  expect((one.exp ?? 0) - (one.iat ?? 0)).toBe(3600)
  expect(one.session).not.toBe(two.session)
})

test('where the server asks for an issuer and an audience, the token has them', async () => {
  const environment = { DOVETAIL_SECRET: testSecret, DOVETAIL_ISSUER: 'https://id.example.org' }
  const { stdout } = await runHere(['token', '--user', 'alice', '--audience', 'dovetail'], environment)
  expect(await claimsOf(stdout, testSecret)).toMatchObject({ iss: 'https://id.example.org', aud: 'dovetail' })
})

test('a data folder without a secret, or that is not there, is refused in one line, and nothing is made', async () => {
  const folder = await folderWith({})
  for (const data of [folder, join(folder, 'nowhere')]) {
    const { exitCode, stdout, stderr } = await runHere(['token', '--user', 'alice', '--data', data])
    expect([exitCode, stdout]).toEqual([1, ''])
    expect(stderr).toMatch(
      /^dovetail: there is no secret in \S+: name the data folder of the server by --data, [^\n]+\n$/,
    )
  }
  expect(await readdir(folder)).toEqual([])
})

test('a secret file is stronger than the variable', async () => {
  const folder = await folderWith({ secret: `${'f'.repeat(40)}\n` })
  const flags = ['token', '--user', 'alice', '--secret', join(folder, 'secret')]
  await claimsOf((await runHere(flags, { DOVETAIL_SECRET: testSecret })).stdout, 'f'.repeat(40))
})

test('the server of the same data folder takes the token', async () => {
  const { server, data } = await spawnServer({ env: { DOVETAIL_SECRET: '' } })
  const { stdout } = await runHere(['token', '--user', 'alice', '--name', 'Alice', '--data', data])
  const reply = await fetch(`http://127.0.0.1:${server.port}/v1/me`, {
    headers: { authorization: `Bearer ${stdout.trim()}` },
  })
  expect(reply.status).toBe(200)
  expect(await reply.json()).toMatchObject({ user: 'alice', name: 'Alice', guest: false })
})
