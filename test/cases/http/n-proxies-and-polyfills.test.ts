import { describe, expect, test } from 'vitest'
import { at, freshChannel } from '../../support/paths.ts'
import { serving } from '../../support/servers/serving.ts'

interface Reply {
  readonly changes: readonly unknown[]
  readonly cursor: string
}

const ways = ['', '&wait=1'] as const
const names = ['lastEventId', 'Last-Event-ID'] as const

describe('a last event id on reads of one channel', () => {
  const server = serving()

  /** The cursors before and after a first message; a second one is above both. */
  async function channelWithTwo() {
    const channel = freshChannel()
    const alice = await server.rest('alice')
    const path = `/v1/channels/${channel}/changes`
    const cursors = ['0']
    for (const id of ['m1', 'm2']) {
      await alice.put(at(channel, 'messages', id), { text: id })
      cursors.push((await alice.get<Reply>(path)).body.cursor)
    }
    return { alice, path, cursors }
  }

  const idsOf = ({ changes }: Reply) => (changes as { record: { id: string } }[]).map(({ record }) => record.id)

  test.each(ways)('[RDG15] N14: the header counts on a poll%s', async (way) => {
    const { alice, path, cursors } = await channelWithTwo()
    const reply = await alice.get<Reply>(`${path}?limit=5${way}`, { 'last-event-id': cursors[1] ?? '' })
    expect(idsOf(reply.body)).toEqual(['m2'])
  })

  test.each(ways.flatMap((way) => names.map((name) => [name, way] as const)))(
    '[RDG15] N14: the parameter %s counts on a poll%s, before "after"',
    async (name, way) => {
      const { alice, path, cursors } = await channelWithTwo()
      const resumed = await alice.get<Reply>(`${path}?${name}=${cursors[1]}${way}`)
      expect(idsOf(resumed.body)).toEqual(['m2'])
      const both = await alice.get<Reply>(`${path}?after=0&${name}=${cursors[1]}${way}`)
      expect(idsOf(both.body)).toEqual(['m2'])
    },
  )

  test.each(names)('[RDG15] N14: the parameter %s counts on a stream, before "after"', async (name) => {
    const { path, cursors } = await channelWithTwo()
    const response = await fetch(`http://127.0.0.1:${server.port}${path}?after=0&${name}=${cursors[1]}`, {
      headers: { accept: 'text/event-stream' },
    })
    let text = ''
    for await (const bytes of response.body as AsyncIterable<Uint8Array>) {
      text += new TextDecoder().decode(bytes)
      if (text.includes('"m2"')) break
    }
    expect(text).not.toContain('"m1"')
    expect(text).toContain(`id: ${cursors[2]}`)
  })

  test('[RDG15] N14: an empty Last-Event-ID counts as absent; a malformed one is refused, and so is one for several channels', async () => {
    const { alice, path, cursors } = await channelWithTwo()
    expect(idsOf((await alice.get<Reply>(`${path}?after=${cursors[1]}&lastEventId=`)).body)).toEqual(['m2'])
    expect((await alice.get(`${path}?lastEventId=x`)).code).toBe('invalid_cursor')
    expect((await alice.get(path, { 'last-event-id': 'x' })).code).toBe('invalid_cursor')
    const several = `/v1/changes?sub=${freshChannel()}@`
    expect((await alice.get(`${several}&lastEventId=${cursors[1]}`)).code).toBe('invalid_query')
    expect((await alice.get(several, { 'last-event-id': cursors[1] ?? '' })).code).toBe('invalid_query')
  })
})

describe('what proxies and pages add', () => {
  const server = serving()

  test('[TAG8] N26: a preflight allows every header that it asks for by a proper name', async () => {
    const nobody = await server.rest()
    const asked = 'authorization,content-type,traceparent, baggage, sentry-trace,x-requested-with'
    const preflight = {
      origin: 'https://app.example',
      'access-control-request-method': 'POST',
      'access-control-request-headers': `${asked},bad name,<b>`,
    }
    const answer = await nobody.send('OPTIONS', at(freshChannel(), 'messages'), preflight)
    const allowed = String(answer.headers['access-control-allow-headers'])
      .toLowerCase()
      .split(/\s*,\s*/)
    expect(allowed).toEqual(expect.arrayContaining(asked.split(/\s*,\s*/)))
    expect(allowed).not.toContain('bad name')
    expect(allowed).not.toContain('<b>')
  })

  test('[RST23, P5] the limits and their OPTIONS are kept by no cache', async () => {
    const nobody = await server.rest()
    for (const method of ['GET', 'HEAD', 'OPTIONS'] as const) {
      const answer = await nobody.send(method, '/v1/limits')
      expect([method, answer.headers['cache-control']]).toEqual([method, 'no-store'])
    }
  })

  test.each(['-gzip', '--gzip', ';gzip', '-br', '-zstd', '-deflate'])(
    '[TAG9, P6] a tag to which a proxy has added %s is still the one',
    async (suffix) => {
      const alice = await server.rest('alice')
      const channel = freshChannel()
      const path = at(channel, 'messages', 'm')
      const made = await alice.put(path, { text: 'a' })
      const altered = (etag: unknown) => String(etag).replace(/"$/, `${suffix}"`)
      const tag = altered(made.headers.etag)
      expect((await alice.get(path, { 'if-none-match': tag })).status).toBe(304)
      const page = await alice.get(at(channel, 'messages'))
      const pageTag = altered(page.headers.etag)
      expect((await alice.get(at(channel, 'messages'), { 'if-none-match': pageTag })).status).toBe(304)
      expect((await alice.put(path, { text: 'b' }, { 'if-match': tag })).status).toBe(200)
      expect((await alice.put(path, { text: 'c' }, { 'if-match': tag })).status).toBe(412)
    },
  )

  test('[RST1] N31: a UTF-8 mark before a body is no part of it', async () => {
    const alice = await server.rest('alice')
    const path = at(freshChannel(), 'messages')
    const send = (body: string) => alice.send('POST', path, { 'content-type': 'application/json' }, body)
    expect((await send('\uFEFF{"text":"one"}')).status).toBe(201)
    expect((await send('\uFEFF')).status).toBe(400)
    expect((await send('\uFEFF\uFEFF{"text":"one"}')).status).toBe(400)
  })
})

describe('IPv6 behind a proxy', () => {
  const server = serving({ limits: { guests: 2 }, trustProxy: true })

  test('[LIM15, LIM25, S9, N28] the addresses of one /64 are one address', async () => {
    const nobody = await server.rest()
    const guest = async (address: string) =>
      (await nobody.post('/v1/guests', {}, { 'x-forwarded-for': address })).status
    expect(await guest('2001:db8:0:1::1')).toBe(201)
    expect(await guest('2001:DB8:0:1:ffff::2')).toBe(201)
    expect(await guest('[2001:db8:0:1::3]:443')).toBe(429)
    expect(await guest('2001:db8:0:2::1')).toBe(201)
    expect(await guest('fe80::1%eth0')).toBe(201)
  })
})

describe.each([
  ['two hops', 2 as const],
  ['networks', ['127.0.0.0/8', '::1', '198.51.100.0/24'] as const],
])('behind two proxies, trusted as %s', (_title, trustProxy) => {
  const server = serving({ limits: { guests: 1 }, trustProxy })

  test('[LIM15, RUN15, N27] each client has its own limit, and what it forged itself changes nothing', async () => {
    const nobody = await server.rest()
    const guest = async (address: string) =>
      (await nobody.post('/v1/guests', {}, { 'x-forwarded-for': address })).status
    for (let n = 1; n <= 5; n++) expect(await guest(`203.0.113.${n}, 198.51.100.7`)).toBe(201)
    for (let n = 1; n <= 3; n++) expect(await guest(`192.0.2.${n}, 203.0.113.1, 198.51.100.7`)).toBe(429)
  })
})
