import { gzipSync } from 'node:zlib'
import type { LiveRecord, Page, Problem } from 'dovetail-protocol'
import { describe, expect, test } from 'vitest'
import { openLine } from '../../support/clients/raw-socket.ts'
import { temporaryFolder } from '../../support/files.ts'
import { at, freshChannel } from '../../support/paths.ts'
import { serving } from '../../support/servers/serving.ts'
import { tokenFor } from '../../support/servers/token-for.ts'

const json = { 'content-type': 'application/json' }

interface BodySchema {
  readonly $ref?: string
  readonly type?: string
  readonly additionalProperties?: boolean
}
interface OpenApiDocument {
  readonly paths: Record<
    string,
    Record<string, { readonly requestBody?: { readonly content: Record<string, { readonly schema: BodySchema }> } }>
  >
  readonly components: { readonly schemas: Record<string, BodySchema> }
}

/** The JSON bodies of the document that are objects, each with the request that takes it. */
function objectBodies({ paths, components }: OpenApiDocument) {
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { requestBody }]) => ({ path, method: method.toUpperCase(), requestBody })),
  )
  return operations.flatMap(({ path, method, requestBody }) => {
    const schema = requestBody?.content['application/json']?.schema ?? {}
    const body = schema.$ref === undefined ? schema : components.schemas[schema.$ref.split('/').at(-1) ?? '']
    return body?.type === 'object' ? [{ path, method, body }] : []
  })
}

describe('bodies', () => {
  const server = serving({ files: temporaryFolder() })

  test.each(['application/json; charset=utf-8', 'Application/JSON;charset="UTF-8"', 'application/json; charset=utf8'])(
    '[RST37] the content type %s is accepted',
    async (type) => {
      const alice = await server.rest('alice')
      expect((await alice.send('POST', at(freshChannel()), { 'content-type': type }, '{"text":"é"}')).status).toBe(201)
    },
  )

  test.each([
    ['latin1', { 'content-type': 'application/json; charset=latin1' }],
    ['another charset, quoted', { 'content-type': 'application/json;charset="utf-16"' }],
    ['a merge patch in another request than PATCH', { 'content-type': 'application/merge-patch+json' }],
    ['gzip', { ...json, 'content-encoding': 'gzip' }],
    ['br', { ...json, 'content-encoding': 'br' }],
  ])('[RST37, RST1] the content type %s is 415, also if the body is JSON', async (_what, headers) => {
    const alice = await server.rest('alice')
    const channel = freshChannel()
    for (const body of ['{"text":"a"}', gzipSync('{"text":"a"}')]) {
      const refused = await alice.send('POST', at(channel), headers, body)
      expect([refused.status, refused.code]).toEqual([415, 'unsupported_type'])
    }
    expect((await alice.get<Page>(at(channel))).body.records).toEqual([])
  })

  test('[RST37] identity is no compression, and a merge patch is the body of a PATCH', async () => {
    const alice = await server.rest('alice')
    const path = at(freshChannel(), 'messages', 'one')
    const put = await alice.send('PUT', path, { ...json, 'content-encoding': 'identity' }, '{"text":"a"}')
    expect(put.status).toBe(201)
    const type = { 'content-type': 'application/merge-patch+json' }
    expect((await alice.send<LiveRecord>('PATCH', path, type, '{"x":1}')).body.data).toEqual({ text: 'a', x: 1 })
    expect((await alice.send('PATCH', '/v1/me', type, '{"about":"me"}')).status).toBe(200)
  })

  test('[RST38] unknown fields of a body around data are ignored, and of a write among several are refused', async () => {
    const alice = await server.rest('alice')
    const channel = freshChannel()
    const write = { op: 'create', channel, collection: 'messages', data: { text: 'a' } }
    expect((await alice.post('/v1/batch', { writes: [write], later: 1 })).body).toMatchObject({
      results: [{ status: 201 }],
    })
    const dated = { ...write, createdAt: '2020-01-01T00:00:00.000Z' }
    const refused = { code: 'invalid_data', errors: [{ pointer: '/createdAt' }] }
    expect((await alice.post('/v1/batch', { writes: [dated] })).body).toMatchObject({
      results: [{ status: 422, error: refused }],
    })
    expect((await alice.get<Page>(at(channel))).body.records).toHaveLength(1)
    expect((await alice.post('/v1/changes', { subs: { [channel]: '0' }, later: 1 })).status).toBe(200)
  })

  test('[RST38] a body takes unknown members unless its schema in /openapi.json is closed', async () => {
    const root = await server.rest('root', { role: 'admin' })
    const document = (await root.get<OpenApiDocument>('/openapi.json')).body
    await root.put('/v1/consumers/known', { pattern: 'chat:*', from: 'now' })
    await root.put(`/v1/channels/${freshChannel()}/messages/one`, { text: 'a' })
    const closed: string[] = []
    for (const { method, path, body } of objectBodies(document)) {
      const address = path.replace('{consumer}', 'known').replace('{user}', 'ann').replace('{ch}', 'chat:unknown')
      const { errors = [] } = (await root.send<Problem>(method, address, json, '{"unexpected":1}')).body
      const isRefused = errors.some(({ pointer }) => pointer === '/unexpected')
      expect([method, path, isRefused]).toEqual([method, path, body.additionalProperties === false])
      if (isRefused) closed.push(path)
    }
    expect(closed).toEqual(expect.arrayContaining(['/v1/me', '/v1/keys', '/v1/rights', '/v1/consumers/{consumer}']))
  })

  test('[TOK8] a request with two tokens has none', async () => {
    const [ann, bob] = await Promise.all([tokenFor('ann'), tokenFor('bob')])
    const line = await openLine(server.port)
    const both = `Authorization: Bearer ${ann}\r\nAuthorization: Bearer ${bob}\r\n`
    line.write(`GET /v1/me HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${both}\r\n`)
    await line.ended
    expect(String(line.received())).toMatch(/^HTTP\/1\.1 401 [\s\S]*"code":"unauthenticated"/)
  })

  test('[LIM19] a guest’s name is checked like all text', async () => {
    const nobody = await server.rest()
    for (const name of ['"\\ud83d"', '"a\\u0000"', '"\\udc00\\ud83d"']) {
      const refused = await nobody.send('POST', '/v1/guests', json, `{"name":${name}}`)
      expect([name, refused.status, refused.code]).toEqual([name, 422, 'invalid_text'])
    }
    const named = await server.rest('alice', { name: 'a\u0000b' })
    expect((await named.get('/v1/me')).code).toBe('unauthenticated')
  })
})
