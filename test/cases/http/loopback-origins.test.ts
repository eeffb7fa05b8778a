import { describe, expect, test } from 'vitest'
import { at } from '../../support/paths.ts'
import { type ServingOptions, serving, startServer } from '../../support/servers/serving.ts'
import { statuses } from '../../support/transports/statuses.ts'

const refused = [403, 403, 403, 403, 403]
const served = [101, 200, 200, 200, 200]

/** Pages of other sites, whatever name of this machine they ask. */
const foreignOrigins = [
  'https://evil.example',
  'null',
  'http://localhost.evil.example',
  'http://127.0.0.1.evil.example',
  'http://notlocalhost',
  'http://192.168.0.7',
  'http://0.0.0.0:4600',
  'http://[::ffff:192.168.0.7]',
  'chrome-extension://localhostlocalhost',
  'http://evil.example@127.0.0.1',
]

/** Names by which a page of another site can lead its own requests to this machine. */
const foreignHosts = ['evil.example', 'evil.example:4600', 'localhost.evil.example', '192.168.0.7:4600', '0.0.0.0:4600']

const ownOrigins = [
  'http://localhost:5173',
  'https://localhost',
  'http://app.localhost:3000',
  'http://127.0.0.1:5173',
  'http://127.8.9.1',
  'http://[::1]:5173',
  'capacitor://localhost',
  null,
]
const ownHosts = ['localhost:4600', 'LOCALHOST', 'localhost.:4600', 'app.localhost', '127.0.0.1:1', '[::1]:4600']

describe('a server that is not told where it is used', () => {
  const server = serving({ origins: 'unsaid' })
  // The statuses of a second write are those of the first one.
  const prepared = async () => (await server.rest('alice')).put(at('chat:a', 'messages', 'm'), { text: 'a' })

  test.each(foreignOrigins)('[ERR19] refuses pages of %s over every transport, before any 101', async (origin) => {
    expect(await statuses(server, { origin })).toEqual(refused)
  })

  test.each(foreignHosts)('[ERR19] refuses requests for the name %s over every transport', async (host) => {
    expect(await statuses(server, { origin: null, host })).toEqual(refused)
    expect(await statuses(server, { origin: `http://${host}`, host })).toEqual(refused)
  })

  test.each(ownOrigins)('[ERR19] serves pages of %s', async (origin) => {
    await prepared()
    expect(await statuses(server, { origin })).toEqual(served)
  })

  test.each(ownHosts)('[ERR19] serves requests for the name %s', async (host) => {
    await prepared()
    expect(await statuses(server, { origin: null, host })).toEqual(served)
  })

  test('[ERR19, TAG7] names the origin that may read, and says in the refusal what to do', async () => {
    const nobody = await server.rest()
    const own = await nobody.get('/v1/limits', { origin: 'http://localhost:5173' })
    expect(own.headers['access-control-allow-origin']).toBe('http://localhost:5173')
    const page = await nobody.get<{ code: string; detail: string }>('/v1/limits', { origin: 'https://evil.example' })
    expect(page.headers['access-control-allow-origin']).toBeUndefined()
    expect(page.body).toMatchObject({ code: 'forbidden', detail: expect.stringContaining('"origins"') })
    const proxied = await nobody.get<{ detail: string }>('/healthz', { host: 'live.example' })
    expect([proxied.status, proxied.body.detail]).toEqual([403, expect.stringContaining('"trustProxy"')])
    for (const { headers } of [own, page, proxied]) expect(headers.vary).toMatch(/origin/i)
  })
})

const decided: [string, ServingOptions][] = [
  ['the address to listen on', { host: ['127.0.0.1'] }],
  ['a proxy in front', { trustProxy: true }],
]

test.each(decided)('[ERR19] a server that is told of %s serves every page and name', async (_title, options) => {
  const server = await startServer({ origins: 'unsaid', ...options })
  try {
    await (await server.rest('alice')).put(at('chat:a', 'messages', 'm'), { text: 'a' })
    expect(await statuses(server, { origin: 'https://app.example', host: 'live.example' })).toEqual(served)
  } finally {
    await server.stop()
  }
})

test('[ERR19, ERR8] a list of origins counts alone: this machine is not on it by itself', async () => {
  const server = await startServer({ origins: ['https://app.example'] })
  try {
    await (await server.rest('alice')).put(at('chat:a', 'messages', 'm'), { text: 'a' })
    expect(await statuses(server, { origin: 'https://app.example', host: 'live.example' })).toEqual(served)
    expect(await statuses(server, { origin: 'http://localhost:5173' })).toEqual(refused)
  } finally {
    await server.stop()
  }
})
