import { describe, expect, test } from 'vitest'
import { at } from '../../support/paths.ts'
import { serving } from '../../support/servers/serving.ts'
import { statuses } from '../../support/transports/statuses.ts'

const evil = [
  'https://evil.example',
  'null',
  'https://app.example.evil.com',
  'https://evilapp.example',
  'https://sub.app.example',
  'https://app.example:444',
  'http://app.example',
  'http://app.example:443',
  'https://app.example.',
  'https://app.example@evil.example',
  'https://app.example/path',
  'https://app.examplé',
  'app.example',
  '//app.example',
  'https://app.example, https://evil.example',
  'file://',
  '*',
  'http://localhost:5174',
  'https://[::1]',
  'chrome-extension://app.example',
].map((origin) => Buffer.from(origin).toString('latin1'))

const good = ['https://app.example', 'HTTPS://App.Example', 'https://app.example:443', 'http://localhost:5173', null]

describe('B17', () => {
  const server = serving({ origins: ['https://app.example', 'http://localhost:5173'] })

  test.each(evil)(
    '[ERR8] B17: the origin %s is refused with 403 over every transport, before any 101',
    async (origin) => {
      expect(await statuses(server, { origin })).toEqual([403, 403, 403, 403, 403])
    },
  )

  test.each(good)('[ERR8] B17: the origin %s is served over every transport', async (origin) => {
    await (await server.rest('alice')).put(at('chat:a', 'messages', 'm'), { text: 'a' })
    expect(await statuses(server, { origin })).toEqual([101, 200, 200, 200, 200])
  })

  test('[ERR8, TAG7] B17: a refused origin gets no CORS header, an allowed one exactly its own', async () => {
    const alice = await server.rest('alice')
    const refused = await alice.get('/v1/limits', { origin: 'https://evil.example' })
    expect(refused.headers['access-control-allow-origin']).toBeUndefined()
    const allowed = await alice.get('/v1/limits', { origin: 'https://app.example' })
    expect(allowed.headers['access-control-allow-origin']).toBe('https://app.example')
    for (const { headers } of [refused, allowed]) expect(headers.vary).toMatch(/origin/i)
  })
})
