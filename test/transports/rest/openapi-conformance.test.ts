import type { DeadLetterList, FileAddress, LiveRecord } from 'dovetail-protocol'
import { demoConfig } from 'dovetail-server'
import { beforeAll, describe, expect, test } from 'vitest'
import type { Answer, Headers, Rest } from '../../support/clients/rest.ts'
import { upgradeStatus } from '../../support/clients/socket.ts'
import { pictureFacts, temporaryFolder, uploaded } from '../../support/files.ts'
import { ApiDescription, type OpenApiDocument } from '../../support/openapi/api-description.ts'
import { at, freshChannel } from '../../support/paths.ts'
import { serving } from '../../support/servers/serving.ts'

const record = '/v1/channels/{ch}/{col}/{id}'
const collection = '/v1/channels/{ch}/{col}'

/** Nothing listens there. */
const unreachable = {
  ...{ name: 'away', url: 'http://127.0.0.1:9/', pattern: 'chat:webhooked', retryFor: '1s' },
  ...{ secret: `whsec_${Buffer.alloc(24).toString('base64')}`, allowHttp: true, allowPrivate: true },
}

describe('real replies are as /openapi.json describes them', () => {
  const server = serving({ config: { ...demoConfig, webhooks: [unreachable] }, files: temporaryFolder() })
  let document: ApiDescription
  let alice: Rest

  beforeAll(async () => {
    const nobody = await server.rest()
    document = new ApiDescription((await nobody.get<OpenApiDocument>('/openapi.json')).body)
    alice = await server.rest('alice')
  })

  /** Sends, and holds the answer against the described path. */
  async function answerOf(
    method: string,
    template: string,
    path: string,
    data?: unknown,
    headers: Headers = {},
    as: Rest = alice,
  ): Promise<Answer> {
    const typed = data === undefined ? headers : { 'content-type': 'application/json', ...headers }
    const answer = await as.send(method, path, typed, data === undefined ? undefined : JSON.stringify(data))
    expect(document.faultsOf(method, template, answer), `${method} ${path} ${answer.text.slice(0, 300)}`).toEqual([])
    return answer
  }

  /** The same where it must succeed. */
  async function held(...request: Parameters<typeof answerOf>): Promise<Answer> {
    const answer = await answerOf(...request)
    expect(answer.status, answer.text).toBeLessThan(400)
    return answer
  }

  test('records', async () => {
    const ch = freshChannel()
    const made = await held('POST', collection, at(ch), { text: 'hello' }, { 'idempotency-key': 'k1' })
    await held('POST', collection, at(ch), { text: 'hello' }, { 'idempotency-key': 'k1' })
    const { id } = made.body as LiveRecord
    const read = await held('GET', record, at(ch, 'messages', id))
    await held('GET', record, at(ch, 'messages', id), undefined, { 'if-none-match': String(read.headers.etag) })
    await held('PUT', record, at(ch, 'messages', 'm1'), { text: 'made' })
    await held('PUT', record, at(ch, 'messages', 'm1'), { text: 'again' })
    await held('PATCH', record, at(ch, 'messages', 'm1'), { text: 'patched' })
    const append = [{ op: 'append', path: '/text', value: '!' }]
    await held('PATCH', record, at(ch, 'messages', 'm1'), append, { 'content-type': 'application/json-patch+json' })
    const page = await held('GET', collection, `${at(ch)}?limit=1`)
    await held('GET', collection, `${at(ch)}?limit=1`, undefined, { 'if-none-match': String(page.headers.etag) })
    await held('DELETE', record, at(ch, 'messages', 'm1'))
    const writes = [
      { op: 'create', channel: ch, collection: 'messages', data: { text: 'b' } },
      { op: 'create', channel: 'nowhere:a', collection: 'messages', data: {} },
    ]
    expect((await held('POST', '/v1/batch', '/v1/batch', { writes })).body).toMatchObject({
      results: [{ status: 201 }, { status: 404 }],
    })
  })

  test('refused writes and reads', async () => {
    const ch = freshChannel()
    await held('PUT', record, at(ch, 'messages', 'm'), { text: 'm' })
    const refusals: [
      method: string,
      template: string,
      path: string,
      data: unknown,
      headers: Headers,
      status: number,
    ][] = [
      ['PUT', record, at(ch, 'messages', 'm'), { text: 'x' }, { 'if-none-match': '*' }, 412],
      ['PUT', record, at(ch, 'messages', 'm'), { text: 'x' }, { 'if-match': '"other-9"' }, 412],
      ['PUT', record, at(ch, 'messages', 'm'), { text: '' }, {}, 422],
      ['PUT', record, at(ch, 'messages', 'm'), { text: '\u0000' }, {}, 422],
      ['PUT', record, at(ch, 'messages', 'm'), { text: 'x' }, { 'content-type': 'text/plain' }, 415],
      ['POST', collection, at(ch), { text: 'x'.repeat(70_000) }, {}, 413],
      ['POST', collection, at('nowhere:a'), { text: 'x' }, {}, 404],
      ['POST', collection, at(ch, 'UPPER'), { text: 'x' }, {}, 400],
      ['GET', record, at(ch, 'messages', 'none'), undefined, {}, 404],
      ['GET', record, at(ch, 'messages', 'm'), undefined, { authorization: 'Bearer nonsense' }, 401],
      ['GET', collection, `${at(ch)}?limit=0`, undefined, {}, 400],
      ['GET', '/v1/channels/{ch}/changes', `/v1/channels/${ch}/changes?after=other.4`, undefined, {}, 410],
      ['GET', '/v1/channels/{ch}/changes', `/v1/channels/${ch}/changes?after=x`, undefined, {}, 400],
      ['GET', '/v1/channels/{ch}/changes', `/v1/channels/${ch}/changes`, undefined, { accept: 'image/png' }, 406],
      ['GET', '/v1/channels/{ch}/presence', '/v1/channels/prices:a/presence', undefined, {}, 403],
      ['PUT', '/v1/channels/{ch}', '/v1/channels/dm:t', { visibility: 'public' }, {}, 422],
      ['DELETE', '/v1/sessions/{session}', '/v1/sessions/other', undefined, {}, 403],
      ['GET', '/docs/{file}', '/docs/none.js', undefined, {}, 404],
      ['GET', '/docs/errors/{code}', '/docs/errors/none', undefined, {}, 404],
    ]
    for (const [method, template, path, data, headers, status] of refusals) {
      expect((await answerOf(method, template, path, data, headers)).status, `${method} ${path}`).toBe(status)
    }
    await held('DELETE', record, at(ch, 'messages', 'm'))
    expect((await answerOf('GET', record, at(ch, 'messages', 'm'))).status).toBe(410)
  })

  test('channels, presence and signals', async () => {
    const ch = freshChannel('team')
    await held('PUT', '/v1/channels/{ch}', `/v1/channels/${ch}`, { title: 'T' })
    await held('PUT', '/v1/channels/{ch}', `/v1/channels/${ch}`)
    await held('GET', '/v1/channels/{ch}', `/v1/channels/${ch}`)
    await held('GET', '/v1/channels/{ch}', '/v1/channels/chat:unwritten')
    await held('GET', '/v1/channels', '/v1/channels?limit=1')
    await held('POST', '/v1/channels/{ch}/presence', `/v1/channels/${ch}/presence`, {
      client: 'c1',
      state: { typing: true },
    })
    await held('GET', '/v1/channels/{ch}/presence', `/v1/channels/${ch}/presence`)
    await held('DELETE', '/v1/channels/{ch}/presence', `/v1/channels/${ch}/presence?client=c1`)
    await held('POST', '/v1/channels/{ch}/signals', `/v1/channels/${ch}/signals`, { type: 'typing', data: 1 })
    await held('DELETE', '/v1/channels/{ch}', `/v1/channels/${ch}`)
  })

  test('reading on', async () => {
    const ch = freshChannel()
    await held('PUT', record, at(ch, 'messages', 'm1'), { text: 'one' })
    const one = `/v1/channels/${ch}/changes`
    const poll = await held('GET', '/v1/channels/{ch}/changes', `${one}?after=0`)
    await held('GET', '/v1/channels/{ch}/changes', `${one}?after=0`, undefined, {
      'if-none-match': String(poll.headers.etag),
    })
    const several = `/v1/changes?sub=${ch}@0&sub=nowhere:a@0&sub=${ch}@other.1`
    const parts = await held('GET', '/v1/changes', several)
    await held('GET', '/v1/changes', several, undefined, { 'if-none-match': String(parts.headers.etag) })
    await held('GET', '/v1/channels/{ch}/changes', `${one}?after=0&wait=1`)
    await held('POST', '/v1/changes', '/v1/changes?wait=1&signals=1', { subs: { [ch]: '0' } })
    const backend = await server.rest('backend', { role: 'service' })
    await held('GET', '/v1/follow', `/v1/follow?pattern=${ch}&after=0`, undefined, {}, backend)
    await held('POST', '/v1/follow', '/v1/follow', { pattern: `${ch}*` }, {}, backend)
    // A stream has no end to wait for: its kind is what is held here.
    const stream = await fetch(`${server.url}${one}?after=0`, { headers: { accept: 'text/event-stream' } })
    const headers = Object.fromEntries(stream.headers)
    expect(headers['content-type']).toMatch(/^text\/event-stream/)
    await stream.body?.cancel()
  })

  test('consumers', async () => {
    const ch = freshChannel()
    await held('PUT', record, at(ch, 'messages', 'm1'), { text: 'one' })
    const backend = await server.rest('backend', { role: 'service' })
    const template = '/v1/consumers/{consumer}'
    const path = '/v1/consumers/mail'
    const call = (method: string, verb = '', data?: unknown) =>
      held(method, `${template}${verb}`, `${path}${verb}`, data, {}, backend)
    for (const status of [201, 200])
      expect((await call('PUT', '', { pattern: `${ch}*`, from: 'beginning' })).status).toBe(status)
    await held('GET', '/v1/consumers', '/v1/consumers', undefined, {}, backend)
    const page = await call('POST', '/next', { worker: 'w1' })
    expect(page.body).toMatchObject({ channels: [{ channel: ch, from: 0, to: 1 }] })
    await call('GET')
    const { lease, channels } = page.body as { lease: string; channels: { channel: string; cursor: string }[] }
    await call('POST', '/renew', { lease })
    const done = channels.map(({ channel, cursor }) => ({ channel, cursor }))
    await call('POST', '/acknowledge', { lease, channels: done })
    await call('POST', '/release', { lease, channels: [{ channel: ch }] })
    await call('POST', '/reset', { to: 'now' })
    const lost = [template, path].map((each) => `${each}/renew`) as [string, string]
    expect((await answerOf('POST', ...lost, { lease }, {}, backend)).status).toBe(409)
    await call('DELETE')
    expect((await answerOf('GET', template, path, undefined, {}, backend)).status).toBe(404)
  })

  test('users, guests, tickets, sessions', async () => {
    const ch = freshChannel()
    await held('PUT', record, at(ch, 'messages', 'm1'), { text: 'findable words' })
    await held('GET', '/v1/me', '/v1/me')
    await held('PATCH', '/v1/me', '/v1/me', { name: 'Alice', about: 'Here' })
    await held('GET', '/v1/users/{user}', '/v1/users/alice')
    const backend = await server.rest('backend', { role: 'service' })
    await held('PUT', '/v1/users/{user}', '/v1/users/bob', { name: 'Bob' }, {}, backend)
    await held('PUT', '/v1/users', '/v1/users', { users: [{ user: 'carl', name: 'Carl' }] }, {}, backend)
    await held('GET', '/v1/users', '/v1/users?ids=alice,bob,carl')
    await held('PUT', '/v1/me/channels/{ch}', `/v1/me/channels/${ch}`, { read: 1 })
    await held('GET', '/v1/me/channels', '/v1/me/channels')
    await held('GET', '/v1/search', '/v1/search?q=findable')
    await held('POST', '/v1/guests', '/v1/guests', { name: 'Mia' }, {}, await server.rest())
    await held('POST', '/v1/tickets', '/v1/tickets')
    await held(
      'DELETE',
      '/v1/sessions/{session}',
      '/v1/sessions/s1',
      undefined,
      {},
      await server.rest('root', { role: 'admin' }),
    )
    await held('DELETE', '/v1/users/{user}/sessions', '/v1/users/bob/sessions', undefined, {}, await server.rest('bob'))
  })

  test('webhooks', async () => {
    const root = await server.rest('root', { role: 'admin' })
    const [one, failed] = ['/v1/webhooks/{webhook}', '/v1/webhooks/{webhook}/failed']
    await held('GET', '/v1/webhooks', '/v1/webhooks', undefined, {}, root)
    await held('POST', `${one}/test`, '/v1/webhooks/away/test', undefined, {}, root)
    await held('POST', `${one}/resume`, '/v1/webhooks/away/resume', undefined, {}, root)
    await held('POST', collection, at('chat:webhooked'), { text: 'hello' })
    const letters = async () =>
      ((await held('GET', failed, '/v1/webhooks/away/failed', undefined, {}, root)).body as DeadLetterList).failed
    await expect.poll(async () => (await letters()).length).toBe(1)
    const [{ id } = { id: '' }] = await letters()
    const replay = `${failed}/{event}/replay`
    await held('POST', replay, `/v1/webhooks/away/failed/${id}/replay`, undefined, {}, root)
    expect((await answerOf('GET', '/v1/webhooks', '/v1/webhooks')).status).toBe(403)
    expect((await answerOf('GET', failed, '/v1/webhooks/none/failed', undefined, {}, root)).status).toBe(404)
  })

  test('API keys', async () => {
    const root = await server.rest('root', { role: 'admin' })
    const made = await held('POST', '/v1/keys', '/v1/keys', { user: 'billing' }, {}, root)
    await held('GET', '/v1/keys', '/v1/keys', undefined, {}, root)
    const { id } = made.body as { id: string }
    await held('DELETE', '/v1/keys/{key}', `/v1/keys/${id}`, undefined, {}, root)
    expect((await answerOf('DELETE', '/v1/keys/{key}', `/v1/keys/${id}`, undefined, {}, root)).status).toBe(404)
    expect((await answerOf('GET', '/v1/keys', '/v1/keys')).status).toBe(403)
  })

  test('rights', async () => {
    const root = await server.rest('root', { role: 'admin' })
    await held('POST', '/v1/rights', '/v1/rights', { channel: 'chat:rights', user: 'ana' }, {}, root)
    expect((await answerOf('POST', '/v1/rights', '/v1/rights', { channel: 'chat:rights' })).status).toBe(403)
  })

  test('files', async () => {
    const ch = freshChannel()
    await held('POST', '/v1/channels/{ch}/files', `/v1/channels/${ch}/files`, pictureFacts)
    const { id, url } = await uploaded(alice, ch)
    document.seen.add('uploadFile 204')
    const at = await held('GET', '/v1/channels/{ch}/files/{fileId}/address', `${url}/address`)
    const addresses = { '/v1/channels/{ch}/files/{fileId}': url, '/v1/files/{fileId}': (at.body as FileAddress).url }
    for (const [template, path] of Object.entries(addresses)) {
      const read = await held('GET', template, path)
      await held('GET', template, path, undefined, { range: 'bytes=1-2' })
      await held('GET', template, path, undefined, { 'if-none-match': String(read.headers.etag) })
    }
    expect((await answerOf('PUT', '/v1/files/{fileId}', `/v1/files/${id}`, {})).status).toBe(403)
    expect((await answerOf('GET', '/v1/files/{fileId}', `/v1/files/${id}?read=x`)).status).toBe(403)
  })

  test('imports and exports, and all that is kept of a person', async () => {
    const ch = freshChannel()
    const service = await server.rest('mover', { role: 'service' })
    const admin = await server.rest('root', { role: 'admin' })
    const records = [
      { collection: 'messages', id: 'm1', author: 'zoe', createdAt: '2019-03-04T05:06:07Z', data: { text: 'old' } },
      { collection: 'messages', id: 'm2', author: 'zoe', deleted: true },
      { collection: 'messages', data: {} },
    ]
    await held('POST', '/v1/import/{ch}', `/v1/import/${ch}`, { records }, {}, service)
    await held('GET', '/v1/export/{ch}', `/v1/export/${ch}`, undefined, {}, service)
    const account = { profile: { user: 'zoe', name: 'Zoe', guest: false }, channels: [{ channel: ch, read: 1 }] }
    await held('PUT', '/v1/users/{user}/account', '/v1/users/zoe/account', account, {}, admin)
    for (const part of ['data', 'files', 'account'])
      await held('GET', `/v1/users/{user}/${part}`, `/v1/users/zoe/${part}`, undefined, {}, admin)
    await held('POST', '/v1/users/{user}/erasure', '/v1/users/zoe/erasure', {}, {}, admin)
    await held('POST', '/v1/schema/upgrade', '/v1/schema/upgrade', {}, {}, admin)
    await held('GET', '/v1/status', '/v1/status', undefined, {}, admin)
  })

  test('[RST35, RST36] the server itself', async () => {
    const documents = ['/openapi.json', '/asyncapi.json', '/docs', '/docs/errors']
    const paths = ['/v1/limits', '/healthz', '/readyz', '/metrics', ...documents]
    for (const path of paths) await held('GET', path, path)
    await answerOf('GET', '/v1/ws', '/v1/ws')
    document.seen.add(`openWebSocket ${await upgradeStatus({ port: server.port })}`)
    const page = (await held('GET', '/docs', '/docs')).text
    const files = [...page.matchAll(/(?:src|href)="(docs\/[^"]+\.(?:css|js))"/g)].map(([, file]) => `/${file}`)
    expect(files).toHaveLength(5)
    for (const file of files) await held('GET', '/docs/{file}', file)
    await held('GET', '/docs/errors/{code}', '/docs/errors/reset')
  })

  test('[TAG10] every success that is described was seen, each held against its rules', () => {
    // Only a server whose files are in a bucket redirects; files/presigned-files.test.ts has one.
    const unseen = document.successes().filter((reply) => !document.seen.has(reply))
    expect(unseen).toEqual(['readFile 302', 'readFileAt 302'])
  })
})
