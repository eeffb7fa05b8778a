import type { BatchReply } from 'dovetail-protocol'
import { describe, expect, test } from 'vitest'
import { at, freshChannel } from '../../support/paths.ts'
import { serving } from '../../support/servers/serving.ts'

const notToken = { authorization: 'Bearer no.token.this' }

describe('the order of refusals, beside data', () => {
  const server = serving()

  test('[ERR6, IDM12, ERR7] a write for another author is 404 or 401 before 403, over both transports', async () => {
    const [alice, bob, nobody] = await Promise.all([server.rest('alice'), server.rest('bob'), server.rest()])
    const [hidden, open] = [freshChannel('team'), freshChannel()]
    await alice.put(`/v1/channels/${hidden}`, {})
    const author = { 'dovetail-author': 'carol' }
    const data = { text: 'a' }
    expect((await bob.post(at(hidden), data, author)).code).toBe('not_found')
    expect((await bob.post(at(freshChannel('team')), data, author)).code).toBe('not_found')
    expect((await nobody.post(at(open), data, author)).code).toBe('unauthenticated')
    expect((await nobody.post(at(open), data, { ...author, ...notToken })).code).toBe('unauthenticated')
    expect((await bob.post(at(open), data, author)).code).toBe('forbidden')
    expect((await bob.delete(at(open, 'messages', 'absent'), author)).code).toBe('forbidden')
    expect((await bob.post(at(open), data, { 'dovetail-author': 'bob' })).status).toBe(201)
    const create = { collection: 'messages', data, author: 'carol' }
    const [one, none] = [await server.connect('bob'), await server.connect()]
    expect((await one.refused('create', { ...create, channel: hidden })).code).toBe('not_found')
    expect((await one.refused('create', { ...create, channel: open })).code).toBe('forbidden')
    expect((await none.refused('create', { ...create, channel: open })).code).toBe('unauthenticated')
  })

  const bodies = [
    ['PUT', '', { visibility: 'secret' }],
    ['POST', '/signals', { data: 1 }],
    ['POST', '/presence', { state: 1 }],
  ] as const

  test.each(bodies)('[ERR6] %s of a channel%s: names, 404 and 401 before the shape of its body', async (...asked) => {
    const [method, tail, body] = asked
    const [alice, nobody] = await Promise.all([server.rest('alice'), server.rest()])
    const json = { 'content-type': 'application/json' }
    const code = async (rest: typeof alice, channel: string, headers = {}) =>
      (await rest.send(method, `/v1/channels/${channel}${tail}`, { ...json, ...headers }, JSON.stringify(body))).code
    expect(await code(alice, '_odd')).toBe('invalid_name')
    expect(await code(alice, 'nonsense:a')).toBe('not_found')
    expect(await code(nobody, freshChannel())).toBe('unauthenticated')
    expect(await code(nobody, freshChannel(), notToken)).toBe('unauthenticated')
    expect(await code(alice, freshChannel())).toBe('invalid_data')
  })

  test('[ERR6, RST6] an invalid visibility is refused for an existing channel too', async () => {
    const alice = await server.rest('alice')
    const path = `/v1/channels/${freshChannel()}`
    expect((await alice.put(path, { title: 'one' })).status).toBe(201)
    expect((await alice.put(path, { visibility: 'secret' })).code).toBe('invalid_data')
    expect((await alice.put(path, { title: 'two' })).body).toMatchObject({ title: 'one' })
  })

  test('[ERR6] a batch with an invalid token is 401, whatever it contains', async () => {
    const nobody = await server.rest()
    for (const writes of [7, [], Array.from({ length: 501 }, () => 7)])
      expect((await nobody.post('/v1/batch', { writes }, notToken)).code).toBe('unauthenticated')
  })

  test('[TOK4, RDG10] an invalid token is one refusal for all channels, on every transport', async () => {
    const nobody = await server.rest()
    const [one, two] = [freshChannel(), freshChannel()]
    const late = await server.rest('alice', { ttl: -60 })
    const subs = `/v1/changes?sub=${one}@0&sub=${two}@0`
    for (const tail of ['', '&wait=1']) {
      expect((await late.get(`${subs}${tail}`)).code).toBe('token_expired')
      const refused = await nobody.get(`${subs}${tail}`, notToken)
      expect([refused.status, refused.code]).toEqual([401, 'unauthenticated'])
    }
    expect((await late.post('/v1/changes', { subs: { [one]: '0', [two]: '0' } })).code).toBe('token_expired')
    expect((await late.get(subs, { accept: 'text/event-stream' })).code).toBe('token_expired')
  })

  test.each([
    ['_odd', 'invalid_name', 'invalid_name'],
    ['nonsense:a', 'not_found', 'not_found'],
    ['team:absent', 'not_found', 'not_found'],
    ['forms:a', 'forbidden', 'unauthenticated'],
    ['chat:a', 'invalid_cursor', 'invalid_cursor'],
  ])(
    '[ERR6, ERR7, RDG5] an invalid cursor of %s is refused in order, over both transports',
    async (channel, known, unknown) => {
      for (const [user, code] of [
        ['alice', known],
        [undefined, unknown],
      ] as const) {
        const [rest, socket] = [await server.rest(user), await server.connect(user)]
        for (const tail of ['', '&wait=1'])
          expect((await rest.get(`/v1/channels/${channel}/changes?after=x${tail}`)).code).toBe(code)
        expect((await socket.refused('subscribe', { channel, after: 'x' })).code).toBe(code)
      }
    },
  )

  test('[ERR3, ERR7, WSK30] a presence state for a channel that the user may not see is not_found, over both transports', async () => {
    const [rest, socket] = [await server.rest('alice'), await server.connect('alice')]
    const channel = freshChannel('team')
    expect((await rest.post(`/v1/channels/${channel}/presence`, { client: 'c', state: 1 })).code).toBe('not_found')
    expect((await socket.refused('state', { channel, state: 1 })).code).toBe('not_found')
    expect((await socket.refused('state', { channel: freshChannel(), state: 1 })).code).toBe('forbidden')
  })

  test('[ERR3, ERR6, ERR7, S10] the same of nobody is not_found before unauthenticated, over both transports', async () => {
    const [rest, socket] = [await server.rest(), await server.connect()]
    for (const [channel, code] of [
      [freshChannel('team'), 'not_found'],
      [freshChannel(), 'unauthenticated'],
    ] as const) {
      expect((await rest.post(`/v1/channels/${channel}/presence`, { client: 'c', state: 1 })).code).toBe(code)
      expect((await socket.refused('state', { channel, state: 1 })).code).toBe(code)
    }
  })

  test('[ERR3, S10] who may only write is told the same of a record that is there and of one that is not', async () => {
    const [alice, mallory] = [await server.rest('alice'), await server.rest('mallory')]
    const feedback = { who: 'a', mail: 'a@example.org', message: 'hello', rating: 5 }
    const made = await alice.post<{ id: string }>(at('forms:a', 'feedback'), feedback)
    expect(made.status).toBe(201)
    const asks = async (id: string) => {
      const path = at('forms:a', 'feedback', id)
      const answers = [
        await mallory.delete(path),
        await mallory.patch(path, { message: 'b' }),
        await mallory.get(path),
        await mallory.delete(path, { 'if-match': '"x-1"' }),
      ]
      return answers.map(({ status, code }) => [status, code])
    }
    expect(await asks(made.body.id)).toEqual(await asks('absent'))
  })

  test('[RST25] a record that only the refused batch would have created counts as absent', async () => {
    const alice = await server.rest('alice')
    const put = (ifRev: number) => ({
      op: 'put',
      channel: freshChannel(),
      collection: 'messages',
      recordId: 'r',
      ifRev,
    })
    for (const [second, code] of [
      [0, 'exists'],
      [1, 'rev_mismatch'],
    ] as const) {
      const first = { ...put(0), data: { text: '1' } }
      const writes = [first, { ...first, data: { text: '2' }, ifRev: second }]
      const { results } = (await alice.post<BatchReply>('/v1/batch', { writes })).body
      expect(results.map(({ error }) => error)).toMatchObject([{ code }, { code }])
      for (const { error } of results) expect(error).not.toHaveProperty('current')
    }
  })
})
