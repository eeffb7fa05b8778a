import { expect, test } from 'vitest'
import { signToken, type TokenClaims } from './tokens.ts'

const claims = { user: 'ana', secret: 'a secret of at least thirty-two characters', ttlSeconds: 60 }

test('a token is signed for a user', async () => {
  const [, payload = ''] = (await signToken(claims)).split('.')
  expect(JSON.parse(Buffer.from(payload, 'base64url').toString())).toMatchObject({ sub: 'ana', role: 'user' })
})

test.each(['user', 'secret', 'ttlSeconds'])('plain JavaScript that leaves out "%s" is told so', async (name) => {
  const signing = signToken({ ...claims, [name]: undefined } as unknown as TokenClaims)
  await expect(signing).rejects.toThrow(`signToken: "${name}" must be`)
})
