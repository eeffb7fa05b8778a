import { codes, type Page, type Problem } from 'dovetail-protocol'
import { describe, expect, test } from 'vitest'
import type { Answer } from '../../support/clients/rest.ts'
import { at, freshChannel } from '../../support/paths.ts'
import { serving } from '../../support/servers/serving.ts'
import { agreed, bothTransports, type Target } from '../../support/transports/both-transports.ts'

const json = { 'content-type': 'application/json' }
const deep = `{"text":"a","x":${'['.repeat(100)}${']'.repeat(100)}}`
const surrogate = '{"text":"a\\ud83d"}'
const big = `{"text":"a","x":"${'y'.repeat(70_000)}"}`
const bigSurrogate = `{"text":"a","x":"\\ud83d${'y'.repeat(70_000)}"}`

function expectProblem(answer: Answer, status: number, code: string): void {
  expect([answer.status, answer.code]).toEqual([status, code])
  expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/)
  const problem = answer.body as Problem
  expect(problem).toMatchObject({ type: `/docs/errors/${code}`, status, code })
  expect(problem.title.length).toBeGreaterThan(3)
  expect(problem.detail.length).toBeGreaterThan(3)
  expect(answer.text).not.toMatch(/node_modules|\.ts:|\.js:|Error:/)
}

describe('refusals', () => {
  const server = serving({ limits: { bodyBytes: 200_000 } })
  const alice = () => server.rest('alice')
  const nobody = () => server.rest()

  test('[ERR10] a malformed request is 400', async () => {
    const rest = await alice()
    const channel = freshChannel()
    expectProblem(await rest.get(at('bad%20name')), 400, 'invalid_name')
    expectProblem(await rest.send('POST', at(channel), json, '{"text":'), 400, 'invalid_json')
    expectProblem(await rest.get(`/v1/channels/${channel}/changes?after=x`), 400, 'invalid_cursor')
    expectProblem(await rest.get(`${at(channel)}?limit=0`), 400, 'invalid_query')
    expectProblem(await rest.send('POST', at(channel), json, deep), 400, 'too_deep')
  })

  test('[ERR11] a missing or bad token is 401', async () => {
    expectProblem(await (await nobody()).post(at(freshChannel()), { text: 'a' }), 401, 'unauthenticated')
    const late = await server.rest('alice', { ttl: -60 })
    expectProblem(await late.post(at(freshChannel()), { text: 'a' }), 401, 'token_expired')
    const answer = await (await nobody()).post(at(freshChannel()), { text: 'a' })
    expect(answer.headers['www-authenticate']).toMatch(/^Bearer/)
  })

  test('[ERR12, ERR9] a forbidden, unknown or unsupported request is 403, 404 or 405', async () => {
    const rest = await alice()
    expectProblem(await rest.post(at('prices:x', 'quotes'), { symbol: 'A', price: 1 }), 403, 'forbidden')
    expectProblem(await rest.get('/v1/nowhere'), 404, 'not_found')
    expectProblem(await rest.get(at(freshChannel(), 'messages', 'absent')), 404, 'not_found')
    const method = await rest.send('PUT', '/v1/limits', json, '{}')
    expectProblem(method, 405, 'method_not_allowed')
    expect(String(method.headers.allow)).toContain('GET')
    expectProblem(await rest.send('PATCH', at(freshChannel()), json, '{}'), 405, 'method_not_allowed')
    expectProblem(await rest.send('POST', at(freshChannel(), 'messages', 'm'), json, '{}'), 405, 'method_not_allowed')
    const wild = await rest.send('PROPFIND', at(freshChannel()))
    expect([404, 405, 501]).toContain(wild.status)
  })

  test('[ERR13] a conflict is 409, 410 or 412', async () => {
    const rest = await alice()
    const channel = freshChannel()
    const path = at(channel, 'messages', 'one')
    await rest.put(path, { text: 'a' }, { 'idempotency-key': 'k' })
    expectProblem(await rest.put(path, { text: 'b' }, { 'idempotency-key': 'k' }), 409, 'key_reused')
    expectProblem(await rest.put(path, { text: 'b' }, { 'if-none-match': '*' }), 412, 'exists')
    expectProblem(await rest.put(path, { text: 'b' }, { 'if-match': '"other"' }), 412, 'rev_mismatch')
    await rest.delete(path)
    expectProblem(await rest.get(path), 410, 'gone')
    expectProblem(await rest.get(`/v1/channels/${channel}/changes?after=X.1`), 410, 'reset')
  })

  test('[ERR14, LIM2, LIM5] a refused body is 413, 415 or 422', async () => {
    const rest = await alice()
    const channel = freshChannel()
    expectProblem(await rest.send('POST', at(channel), json, big), 413, 'too_large')
    const body = `{"text":"a","x":"${'y'.repeat(200_000)}"}`
    expectProblem(await rest.send('POST', at(channel), json, body), 413, 'too_large')
    expectProblem(
      await rest.send('POST', at(channel), { 'content-type': 'text/plain' }, '{"text":"a"}'),
      415,
      'unsupported_type',
    )
    expectProblem(await rest.send('POST', at(channel), json, surrogate), 422, 'invalid_text')
    expectProblem(await rest.post(at(channel), {}), 422, 'invalid_data')
    expect((await rest.get<Page>(at(channel))).body.records).toEqual([])
  })

  test('[ERR16] headers over the limit are 431, and the server goes on', async () => {
    const rest = await alice()
    const answer = await rest.get('/v1/limits', { 'x-ballast': 'y'.repeat(20_000) })
    expectProblem(answer, 431, 'headers_too_large')
    expect(answer.headers['access-control-allow-origin']).toBe('*')
    expect((await rest.get('/v1/limits')).status).toBe(200)
  })

  test('[ERR1] every code of the table has its own status and type', () => {
    for (const [code, { http, title }] of Object.entries(codes)) {
      expect([code, http >= 400 && http < 600, title.length > 0]).toEqual([code, true, true])
    }
  })

  test('[ERR1] no title repeats what the caller sent, and no stack trace is sent', async () => {
    const rest = await alice()
    const refused = await rest.get<Problem>(
      at('<script>alert(1)<%2Fscript>'.replaceAll('<', '%3C').replaceAll('>', '%3E')),
    )
    expectProblem(refused, 400, 'invalid_name')
    expect(refused.body.title).not.toContain('script')
  })

  test.each([
    ['text/plain', '{"text":"a"}'],
    ['application/x-www-form-urlencoded', 'text=a'],
    ['multipart/form-data; boundary=x', '--x--'],
    ['application/xml', '<a/>'],
    ['application/jsonp', '{"text":"a"}'],
  ])('[RST1] a body of %s is 415', async (type, body) => {
    const rest = await alice()
    const refused = await rest.send('POST', at(freshChannel()), { 'content-type': type }, body)
    expect([refused.status, refused.code]).toEqual([415, 'unsupported_type'])
  })

  test('[RST1] a body without a type is 415', async () => {
    const rest = await alice()
    const refused = await rest.send('POST', at(freshChannel()), {}, '{"text":"a"}')
    expect([refused.status, refused.code]).toEqual([415, 'unsupported_type'])
  })

  test.each(['', '{', '{"text":"a"}}', "{'text':'a'}", '{"text":"a",}', 'NaN', '\u00a0{}', '{"text":"\t"}'])(
    '[RST1] the body %j is invalid_json',
    async (body) => {
      const rest = await alice()
      const refused = await rest.send('POST', at(freshChannel()), json, body)
      expect([refused.status, refused.code]).toEqual([400, 'invalid_json'])
    },
  )

  test('[RST1] a body that is not UTF-8 is invalid_json', async () => {
    const rest = await alice()
    const bytes = Buffer.concat([Buffer.from('{"text":"a'), Buffer.from([0xff, 0xc3, 0x28]), Buffer.from('"}')])
    const refused = await rest.send('POST', at(freshChannel()), json, bytes)
    expect([refused.status, refused.code]).toEqual([400, 'invalid_json'])
  })

  test('[RST1] text beyond ASCII comes back as it was', async () => {
    const rest = await alice()
    const text = 'é e\u0301 😀 日本語 \u202e \ufffe \uffff \u2028'
    const made = await rest.post<{ data: { text: string } }>(at(freshChannel()), { text })
    expect([made.status, made.body.data.text]).toEqual([201, text])
  })
})

describe('who may know and who may do', () => {
  const server = serving()

  test('[ERR3] to a stranger, a private channel answers like one that does not exist', async () => {
    const [olga, sven, nobody] = await Promise.all([server.rest('olga'), server.rest('sven'), server.rest()])
    await olga.put('/v1/channels/team:hidden', { visibility: 'private' })
    await olga.put(at('team:hidden', 'messages', 'm'), { text: 'secret' })
    for (const stranger of [sven, nobody]) {
      for (const tail of ['', '/messages', '/messages/m', '/changes?after=0', '/messages/absent']) {
        const [hidden, absent] = await Promise.all(
          ['team:hidden', 'team:absent'].map((name) => stranger.get<Problem>(`/v1/channels/${name}${tail}`)),
        )
        expect([tail, hidden?.status, hidden?.code]).toEqual([tail, absent?.status, absent?.code])
        expect([tail, hidden?.code]).toEqual([tail, 'not_found'])
        expect(hidden?.text.replaceAll('hidden', 'absent')).toBe(absent?.text)
      }
      const body = { text: 'in' }
      expect((await stranger.post(at('team:hidden'), body)).code).toBe('not_found')
      expect((await stranger.delete(at('team:hidden', 'messages', 'm'))).code).toBe('not_found')
      expect((await stranger.delete('/v1/channels/team:hidden')).code).toBe('not_found')
    }
    const socket = await server.connect('sven')
    expect((await socket.refused('subscribe', { channel: 'team:hidden' })).code).toBe('not_found')
  })

  test('[ERR4] an operation that is not allowed on a readable channel is 403, without an identity 401', async () => {
    const [alice, bob, nobody] = await Promise.all([server.rest('alice'), server.rest('bob'), server.rest()])
    const path = at(freshChannel(), 'messages', 'one')
    await alice.put(path, { text: 'mine' })
    for (const answer of [
      await bob.put(path, { text: 'x' }),
      await bob.patch(path, { text: 'x' }),
      await bob.delete(path),
    ]) {
      expect([answer.status, answer.code]).toEqual([403, 'forbidden'])
    }
    for (const answer of [await nobody.put(path, { text: 'x' }), await nobody.delete(path)]) {
      expect([answer.status, answer.code]).toEqual([401, 'unauthenticated'])
    }
    expect((await bob.delete(path.replace('/messages/one', ''))).code).toBe('forbidden')
  })

  test('[ERR5] an undeclared namespace or collection is not_found', async () => {
    const rest = await server.rest('alice')
    const socket = await server.connect('alice')
    for (const path of [
      '/v1/channels/nonsense:a',
      at('nonsense:a'),
      at('chat:a', 'nonsense'),
      at('prices:a', 'messages'),
    ]) {
      const refused = await rest.get(path)
      expect([path, refused.status, refused.code]).toEqual([path, 404, 'not_found'])
    }
    expect((await socket.refused('subscribe', { channel: 'nonsense:a' })).code).toBe('not_found')
    expect((await socket.refused('subscribe', { channel: 'chat:a', last: { nonsense: 5 } })).code).toBe('not_found')
    expect(await bothTransports(server, 'alice', { channel: 'nonsense:a' }, '{"text":"a"}')).toEqual(
      agreed('not_found'),
    )
    expect(await bothTransports(server, 'alice', { channel: 'chat:a', collection: 'nonsense' }, '{}')).toEqual(
      agreed('not_found'),
    )
  })
})

interface OrderCase {
  readonly rule: string
  readonly user?: string
  readonly target: Target
  readonly data: string
  readonly code: string
}

describe('the order of refusals', () => {
  const server = serving()
  const odd = { channel: 'no spaces' }
  const undeclared = { channel: 'nonsense:a' }
  const prices = { channel: 'prices:a', collection: 'quotes' }
  const chat = { channel: 'chat:order' }
  const cases: OrderCase[] = [
    { rule: 'depth before names', user: 'alice', target: odd, data: deep, code: 'too_deep' },
    {
      rule: 'names before 404',
      user: 'alice',
      target: { channel: 'nonsense:a', recordId: 'no spaces' },
      data: '{}',
      code: 'invalid_name',
    },
    { rule: '404 before 401', target: undeclared, data: '{}', code: 'not_found' },
    { rule: '401 before 403', target: prices, data: '{}', code: 'unauthenticated' },
    { rule: '401 before text', target: chat, data: surrogate, code: 'unauthenticated' },
    { rule: '403 before text', user: 'alice', target: prices, data: surrogate, code: 'forbidden' },
    { rule: '403 before size', user: 'alice', target: prices, data: big, code: 'forbidden' },
    { rule: 'text before size', user: 'alice', target: chat, data: bigSurrogate, code: 'invalid_text' },
    {
      rule: 'size before schema',
      user: 'alice',
      target: chat,
      data: big.replace('"text"', '"test"'),
      code: 'too_large',
    },
  ]

  test.each(cases)('[ERR6, ERR7] $rule, over both transports', async ({ user, target, data, code }) => {
    expect(await bothTransports(server, user, target, data)).toEqual(agreed(code))
  })

  test('[ERR6] invalid JSON is refused before invalid names', async () => {
    const rest = await server.rest('alice')
    const refused = await rest.send('POST', at('no%20spaces'), json, '{"text":')
    expect(refused.code).toBe('invalid_json')
  })

  test('[ERR6] invalid JSON is refused before its depth', async () => {
    const rest = await server.rest('alice')
    const refused = await rest.send('POST', at(freshChannel()), json, '['.repeat(100))
    expect(refused.code).toBe('invalid_json')
  })

  test('[ERR6, ERR7] the schema is checked before the key, the key before preconditions', async () => {
    const rest = await server.rest('alice')
    const socket = await server.connect('alice')
    const channel = freshChannel()
    const path = at(channel, 'messages', 'one')
    const used = { 'idempotency-key': 'k' }
    await rest.put(path, { text: 'a' }, used)
    expect((await rest.put(path, { text: '' }, used)).code).toBe('invalid_data')
    expect((await rest.put(path, { text: 'b' }, { ...used, 'if-match': '"x"' })).code).toBe('key_reused')
    expect((await rest.put(path, { text: 'b' }, { ...used, 'if-none-match': '*' })).code).toBe('key_reused')
    const put = { channel, collection: 'messages', recordId: 'one', key: 'k' }
    expect((await socket.refused('put', { ...put, data: { text: '' } })).code).toBe('invalid_data')
    expect((await socket.refused('put', { ...put, data: { text: 'b' }, ifRev: 7 })).code).toBe('key_reused')
    const kept = await rest.put(path, { text: 'a' }, { ...used, 'if-match': '"x"' })
    expect(kept.status).toBe(200)
  })
})
