import type { LiveRecord } from 'dovetail-protocol'
import { describe, expect, test } from 'vitest'
import { at, freshChannel } from '../../support/paths.ts'
import { serving } from '../../support/servers/serving.ts'
import { agreed, bothTransports } from '../../support/transports/both-transports.ts'

const text = '{"text":"a"}'

describe('names', () => {
  const server = serving()

  test.each(['chat', 'chat:', 'chat:a.b_c~d@e-f', 'chat::x', `chat:${'n'.repeat(123)}`, 'chat:..', 'chat:constructor'])(
    '[NAM1] %s is a channel over every transport',
    async (channel) => {
      expect(await bothTransports(server, 'alice', { channel }, text)).toEqual(agreed('ok'))
      const socket = await server.connect('alice')
      expect((await socket.subscribe(channel)).channel).toBe(channel)
    },
  )

  test.each([
    ' ',
    '.',
    '..',
    '-chat:a',
    '_chat:a',
    ':a',
    '@a',
    'chat:a b',
    'chat:a/b',
    'chat:*',
    'chat:a%2Fb',
    'chat:é',
    'chat:e\u0301',
    'chat:😀',
    'chat:a\n',
    'chat:a\u0000',
    '__proto__',
    `chat:${'n'.repeat(124)}`,
    'n'.repeat(10_000),
  ])('[NAM1, NAM7] the channel %j is invalid_name over every transport', async (channel) => {
    expect(await bothTransports(server, 'alice', { channel }, text)).toEqual(agreed('invalid_name'))
    const rest = await server.rest('alice')
    const path = `/v1/channels/${encodeURIComponent(channel)}`
    for (const tail of ['', '/changes?after=0', '/messages', '/messages/m']) {
      const answer = await rest.get(`${path}${tail}`)
      expect([tail, answer.status, answer.code]).toEqual([tail, 400, 'invalid_name'])
    }
    const socket = await server.connect('alice')
    expect((await socket.refused('subscribe', { channel })).code).toBe('invalid_name')
    expect((await socket.refused('unsubscribe', { channel })).code).toBe('invalid_name')
    expect((await socket.refused('signal', { channel, type: 't', data: null })).code).toBe('invalid_name')
  })

  test.each(['Messages', '_a', '1a', 'a b', 'a.b', 'é', 'signals', 'presence', 'changes', 'a'.repeat(33)])(
    '[NAM3, NAM7] the collection %j is invalid_name on a socket',
    async (collection) => {
      const socket = await server.connect('alice')
      const channel = freshChannel()
      expect((await socket.refused('create', { channel, collection, data: {} })).code).toBe('invalid_name')
      expect((await socket.refused('subscribe', { channel, last: { [collection]: 5 } })).code).toBe('invalid_name')
    },
  )

  test.each(['Messages', '_a', '1a', 'a b', 'a.b', 'é', 'a'.repeat(33)])(
    '[NAM3, NAM7] the collection %j is invalid_name on REST',
    async (collection) => {
      const rest = await server.rest('alice')
      const answers = [
        await rest.post(at(freshChannel(), encodeURIComponent(collection)), {}),
        await rest.get(at(freshChannel(), encodeURIComponent(collection))),
        await rest.put(at(freshChannel(), encodeURIComponent(collection), 'm'), {}),
      ]
      for (const { status, code } of answers) expect([status, code]).toEqual([400, 'invalid_name'])
    },
  )

  test.each(['signals', 'presence', 'changes'])('[NAM3] %s holds no records', async (collection) => {
    const rest = await server.rest('alice')
    const answer = await rest.put(at(freshChannel(), collection, 'm'), { text: 'a' })
    expect([400, 404, 405]).toContain(answer.status)
    expect(answer.status === 400 ? answer.code : 'invalid_name').toBe('invalid_name')
  })

  test.each(['a', 'A.b_c~d@e-f:g', '...', '0', 'constructor', '__proto__', 'hasOwnProperty', 'i'.repeat(128)])(
    '[NAM4] %s is a record id over every transport',
    async (recordId) => {
      expect(await bothTransports(server, 'alice', { channel: freshChannel(), recordId }, text)).toEqual(agreed('ok'))
    },
  )

  test.each(['a b', 'a/b', 'é', '+', 'a\n', 'i'.repeat(129), '%', '😀'])(
    '[NAM4, NAM7] the record id %j is invalid_name over every transport',
    async (recordId) => {
      const channel = freshChannel()
      expect(await bothTransports(server, 'alice', { channel, recordId }, text)).toEqual(agreed('invalid_name'))
      const rest = await server.rest('alice')
      const path = at(channel, 'messages', encodeURIComponent(recordId))
      for (const answer of [await rest.get(path), await rest.delete(path), await rest.patch(path, {})]) {
        expect([answer.status, answer.code]).toEqual([400, 'invalid_name'])
      }
    },
  )

  test.each(['.', '..', '%2E', '%2e%2e'])(
    '[NAM4, NAM7] the record id %s is invalid_name, sent raw',
    async (recordId) => {
      const rest = await server.rest('alice')
      const answer = await rest.put(at(freshChannel(), 'messages', recordId), { text: 'a' })
      expect([answer.status, answer.code]).toEqual([400, 'invalid_name'])
    },
  )

  test.each(['.', '..', ''])('[NAM4, NAM7] the record id "%s" is invalid_name on a socket', async (recordId) => {
    const socket = await server.connect('alice')
    const put = { channel: freshChannel(), collection: 'messages', recordId, data: { text: 'a' } }
    expect((await socket.refused('put', put)).code).toBe('invalid_name')
  })

  test.each(['%', '%zz', '%c3%28', '%00'])('[NAM7] the path piece %s is refused as a name', async (piece) => {
    const rest = await server.rest('alice')
    const answer = await rest.get(at(piece))
    expect([answer.status, answer.code]).toEqual([400, 'invalid_name'])
  })

  test('[NAM4] an encoded name is the name', async () => {
    const rest = await server.rest('alice')
    const channel = freshChannel()
    await rest.put(at(channel.replace(':', '%3A'), 'messages', '%61b'), { text: 'a' })
    expect((await rest.get<LiveRecord>(at(channel, 'messages', 'ab'))).status).toBe(200)
  })

  test.each(['alice', 'a.b@c+d:e-f', 'u'.repeat(128), '...'])('[NAM5] %s is a user', async (user) => {
    const rest = await server.rest(user)
    expect((await rest.post<LiveRecord>(at(freshChannel()), { text: 'a' })).body.author).toBe(user)
  })

  test.each(['', '.', '..', 'a b', 'é', 'u'.repeat(129), 'a/b', 'a~b'])(
    '[NAM5] "%s" is not a valid user name',
    async (user) => {
      const rest = await server.rest(user)
      const refused = await rest.get('/v1/me')
      expect([refused.status, refused.code]).toEqual([401, 'unauthenticated'])
    },
  )

  test.each(['.', '..', 'a b', 'a~b', 'é'])('[NAM5, NAM7] /v1/users/%s is invalid_name', async (user) => {
    const rest = await server.rest('alice')
    const refused = await rest.get(`/v1/users/${encodeURIComponent(user)}`)
    expect([refused.status, refused.code]).toEqual([400, 'invalid_name'])
  })
})
