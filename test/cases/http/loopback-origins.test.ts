import { describe, expect, test } from 'vitest'
import { openSocket } from '../../support/clients/socket.ts'
import { at } from '../../support/paths.ts'
import { type Server, type ServingOptions, serving, startServer } from '../../support/servers/serving.ts'
import { tokenFor } from '../../support/servers/token-for.ts'
import { type Sender, statuses, upgraded } from '../../support/transports/statuses.ts'

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
const foreignHosts = ['evil.example', 'evil.example:4600', 'localhost.evil.example', 'evil.example.']

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
const ownHosts = [
  ...['localhost:4600', 'LOCALHOST', 'localhost.:4600', 'app.localhost', '127.0.0.1:1', '[::1]:4600'],
  // No page of another site has one of these.
  ...['dovetail:4600', 'x', '192.168.0.7:4600', '[fe80::1]'],
]

/** What becoming a guest and opening a socket without a token are answered. */
async function driving(server: Server, { origin, host }: Sender): Promise<number[]> {
  const headers = { ...(origin === null ? {} : { origin }), ...(host === undefined ? {} : { host }) }
  const guest = await (await server.rest()).post('/v1/guests', {}, headers)
  return [guest.status, await upgraded(server, { Origin: origin, ...(host === undefined ? {} : { Host: host }) })]
}

describe('a server that is not told where it is used', () => {
  const server = serving({ origins: 'unsaid', limits: { guests: 1000 } })
  // The statuses of a second write are those of the first one.
  const prepared = async () => (await server.rest('alice')).put(at('chat:a', 'messages', 'm'), { text: 'a' })

  test.each(foreignOrigins)('[ERR19] makes no guest of a page of %s, and opens it no socket', async (origin) => {
    expect(await driving(server, { origin })).toEqual([403, 403])
    // What anyone may read it may read, and a token is heeded wherever it comes from.
    await prepared()
    expect(await statuses(server, { origin })).toEqual([403, 200, 200, 200, 200])
    const token = await tokenFor('alice')
    const bearer = { authorization: `Bearer ${token}` }
    const ticket = await (await server.rest('alice')).post<{ ticket: string }>('/v1/tickets', {})
    for (const given of [{ headers: { origin, ...bearer } }, { path: `/v1/ws?ticket=${ticket.body.ticket}`, origin }]) {
      const socket = await openSocket({ port: server.port, ...given })
      socket.close()
    }
  })

  test.each(foreignHosts)('[ERR19] refuses requests for the name %s over every transport', async (host) => {
    expect(await statuses(server, { origin: null, host })).toEqual(refused)
    expect(await driving(server, { origin: `http://${host}`, host })).toEqual([403, 403])
  })

  test.each(ownOrigins)('[ERR19] serves pages of %s', async (origin) => {
    await prepared()
    expect(await statuses(server, { origin })).toEqual(served)
    expect(await driving(server, { origin })).toEqual([201, 101])
  })

  test.each(ownHosts)('[ERR19] serves requests for the name %s', async (host) => {
    await prepared()
    expect(await statuses(server, { origin: null, host })).toEqual(served)
    expect(await driving(server, { origin: null, host })).toEqual([201, 101])
  })

  test('[ERR19, TAG7] any page may read the refusal, which says what to do', async () => {
    const nobody = await server.rest()
    const origin = 'https://evil.example'
    const guest = await nobody.post<{ code: string; detail: string }>('/v1/guests', {}, { origin })
    expect(guest.body).toMatchObject({ code: 'forbidden', detail: expect.stringContaining('"origins"') })
    expect(guest.headers['access-control-allow-origin']).toBe('*')
    const proxied = await nobody.get<{ detail: string }>('/healthz', { host: 'live.example' })
    expect([proxied.status, proxied.body.detail]).toEqual([403, expect.stringContaining('"trustProxy"')])
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
