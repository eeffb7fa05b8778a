import { describe, expect, test } from 'vitest'
import { serving } from '../../support/servers/serving.ts'
import { signClaims } from '../../support/servers/token-for.ts'

const now = Math.floor(Date.now() / 1000)

describe('B47', () => {
  const server = serving({ limits: { commands: 100_000, commandsBurst: 100_000 } })

  test.each([
    ['in 30 days', now + 30 * 86_400],
    ['in 10 years', now + 10 * 365 * 86_400],
    ['at the largest whole number', Number.MAX_SAFE_INTEGER],
    ['in milliseconds by mistake', (now + 600) * 1000],
  ])('[TOK10] B47: a token that ends %s keeps its connection', async (_what, exp) => {
    const token = await signClaims({ sub: 'alice', exp })
    const socket = await server.open()
    const hello = await socket.hello(token)
    expect(hello.user).toBe('alice')
    // A delay that wrapped round would fire within a millisecond; a second of round trips is long enough to see it.
    const end = performance.now() + 1_000
    while (performance.now() < end) await socket.ok('ping')
    expect(socket.events('expiring')).toEqual([])
    expect((await (await server.rest()).as(token).get('/v1/me')).status).toBe(200)
  })
})
