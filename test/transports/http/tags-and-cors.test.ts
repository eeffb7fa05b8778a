import type { LiveRecord, Problem } from 'dovetail-protocol'
import { describe, expect, test } from 'vitest'
import type { Rest } from '../../support/clients/rest.ts'
import { at, freshChannel } from '../../support/paths.ts'
import { type Server, serving, stores } from '../../support/servers/serving.ts'

async function withRecord(server: Server): Promise<{ alice: Rest; channel: string; path: string; tag: string }> {
  const alice = await server.rest('alice')
  const channel = freshChannel()
  const path = at(channel, 'messages', 'one')
  const made = await alice.put(path, { text: 'a' })
  return { alice, channel, path, tag: String(made.headers.etag) }
}

describe.each(stores)('tags, %s store', (store) => {
  const server = serving({ store })

  test('[TAG1] the ETag of a record is its epoch and revision, for every method', async () => {
    const alice = await server.rest('alice')
    const channel = freshChannel()
    const made = await alice.post<LiveRecord>(at(channel), { text: 'a' })
    const [epoch] = String(made.headers['dovetail-at']).split('.')
    const path = at(channel, 'messages', made.body.id)
    expect(made.headers.etag).toBe(`"${epoch}-1"`)
    expect((await alice.put(path, { text: 'b' })).headers.etag).toBe(`"${epoch}-2"`)
    expect((await alice.patch(path, { text: 'c' })).headers.etag).toBe(`"${epoch}-3"`)
    await alice.post(at(channel), { text: 'other' })
    const read = await alice.get(path)
    expect(read.headers.etag).toBe(`"${epoch}-3"`)
    expect(read.headers['dovetail-at']).toMatch(new RegExp(`^${epoch}\\.[34]$`))
    // Of a delete, the tombstone's.
    expect((await alice.delete(path)).headers.etag).toBe(`"${epoch}-5"`)
  })

  test('[TAG3] If-None-Match answers 304 if an ETag matches', async () => {
    const { alice, path, tag } = await withRecord(server)
    for (const fits of [tag, `W/${tag}`, `"other", ${tag}`, `"other",W/${tag}`, '*']) {
      const answer = await alice.get(path, { 'if-none-match': fits })
      expect([fits, answer.status, answer.text, answer.headers.etag]).toEqual([fits, 304, '', tag])
    }
    for (const other of ['"other"', tag.replaceAll('"', ''), 'W/"x"', tag.toLowerCase().replace('-1', '-2')]) {
      expect([other, (await alice.get(path, { 'if-none-match': other })).status]).toEqual([other, 200])
    }
    await alice.put(path, { text: 'b' })
    expect((await alice.get(path, { 'if-none-match': tag })).status).toBe(200)
  })

  test.each(['PUT', 'PATCH', 'DELETE'])('[TAG4] If-Match on %s', async (method) => {
    const { alice, path, tag } = await withRecord(server)
    await alice.put(path, { text: 'changed' })
    const body = method === 'DELETE' ? undefined : '{"text":"mine"}'
    const type: Record<string, string> = body === undefined ? {} : { 'content-type': 'application/json' }
    const refused = await alice.send<Problem>(method, path, { ...type, 'if-match': tag }, body)
    expect([refused.status, refused.code]).toEqual([412, 'rev_mismatch'])
    expect(refused.body.current).toMatchObject({ id: 'one', rev: 2, data: { text: 'changed' } })
    const current = String((await alice.get(path)).headers.etag)
    const list = `"other", ${current}`
    const done = await alice.send(method, path, { ...type, 'if-match': list }, body)
    expect(done.status).toBe(method === 'DELETE' ? 204 : 200)
  })

  test('[TAG4] If-Match needs a record that is not deleted, also for *', async () => {
    const { alice, channel, path, tag } = await withRecord(server)
    expect((await alice.put(path, { text: 'b' }, { 'if-match': '*' })).status).toBe(200)
    const absent = at(channel, 'messages', 'absent')
    for (const needed of ['*', tag]) {
      const refused = await alice.put(absent, { text: 'b' }, { 'if-match': needed })
      expect([refused.status, refused.code]).toEqual([412, 'rev_mismatch'])
    }
    expect((await alice.get(absent)).status).toBe(404)
  })

  test('[TAG5] HEAD gives the headers of GET and no body', async () => {
    const { alice, channel, path } = await withRecord(server)
    const changes = `/v1/channels/${channel}/changes?after=0`
    for (const target of [path, at(channel), `/v1/channels/${channel}`, changes, '/v1/limits', '/healthz', '/v1/me']) {
      const get = await alice.get(target)
      const head = await alice.send('HEAD', target)
      expect([target, head.status, head.text]).toEqual([target, get.status, ''])
      for (const name of ['etag', 'content-type', 'dovetail-at', 'dovetail-cursor']) {
        expect([target, name, head.headers[name]]).toEqual([target, name, get.headers[name]])
      }
    }
    expect((await alice.send('HEAD', at(channel, 'messages', 'absent'))).status).toBe(404)
  })
})

describe('CORS', () => {
  const server = serving()
  const origin = 'https://app.example'
  const routes = [
    '/v1/channels',
    '/v1/channels/chat:a',
    at('chat:a'),
    at('chat:a', 'messages', 'm'),
    '/v1/me',
    '/v1/guests',
  ]

  test.each(routes)('[TAG6] OPTIONS %s needs no token and allows what clients send', async (path) => {
    const nobody = await server.rest()
    const answer = await nobody.send('OPTIONS', path, {
      origin,
      'access-control-request-method': 'PUT',
      'access-control-request-headers': 'authorization,content-type,idempotency-key,if-match',
    })
    expect([200, 204]).toContain(answer.status)
    expect(answer.headers['access-control-allow-origin']).toMatch(/^(\*|https:\/\/app\.example)$/)
    const methods = String(answer.headers['access-control-allow-methods'])
    for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']) expect(methods).toContain(method)
    const headers = String(answer.headers['access-control-allow-headers']).toLowerCase()
    for (const name of ['authorization', 'content-type', 'idempotency-key', 'if-match']) expect(headers).toContain(name)
    expect(Number(answer.headers['access-control-max-age'])).toBeGreaterThan(0)
  })

  test('[TAG6] OPTIONS without an origin answers too', async () => {
    const nobody = await server.rest()
    expect([200, 204]).toContain((await nobody.send('OPTIONS', at('chat:a'))).status)
  })

  test('[TAG7] error replies carry CORS headers, and the headers of ours are exposed', async () => {
    const nobody = await server.rest()
    const asked = { origin }
    const answers = [
      await nobody.get('/v1/channels/chat:a', asked),
      await nobody.get('/v1/nowhere', asked),
      await nobody.post(at('chat:a'), { text: 'a' }, asked),
      await nobody.get(at('chat:a'), { ...asked, authorization: 'Bearer nonsense' }),
      await nobody.get(`${at('chat:a')}?limit=0`, asked),
      await nobody.send('POST', at('chat:a'), { ...asked, 'content-type': 'application/json' }, '{'),
      await nobody.send('PUT', '/v1/limits', asked),
    ]
    expect(answers.map(({ status }) => status)).toEqual([200, 404, 401, 401, 400, 400, 405])
    for (const { headers } of answers) {
      expect(headers['access-control-allow-origin']).toMatch(/^(\*|https:\/\/app\.example)$/)
      expect(headers['access-control-allow-credentials']).toBeUndefined()
      const exposed = String(headers['access-control-expose-headers']).toLowerCase()
      const names = ['etag', 'location', 'dovetail-at', 'dovetail-cursor', 'content-range', 'content-disposition']
      for (const name of names) expect(exposed).toContain(name)
    }
  })
})
