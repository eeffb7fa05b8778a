import type { AppendOk, BatchReply, Change, ChangesReply, LiveRecord } from 'dovetail-protocol'
import { describe, expect, test } from 'vitest'
import { at, freshChannel } from '../../support/paths.ts'
import { serving, stores } from '../../support/servers/serving.ts'

const patchType = { 'content-type': 'application/json-patch+json' }
const adding = (value: string, path = '/text') => [{ op: 'append', path, value }]

describe.each(stores)('append, %s store', (store) => {
  const server = serving({ store })

  async function growing(data: object = { text: 'Once' }) {
    const alice = await server.rest('alice')
    const channel = freshChannel()
    const path = at(channel, 'messages', 'one')
    await alice.put(path, data)
    const append = (body: unknown, headers: Record<string, string> = {}) =>
      alice.send('PATCH', path, { ...patchType, ...headers }, JSON.stringify(body))
    const dataNow = async () => (await alice.get<LiveRecord>(path)).body.data
    return { alice, channel, path, append, dataNow }
  }

  test('[APP1] a PATCH with a JSON patch of appends adds text, and answers 204 without the record', async () => {
    const { alice, channel, path, append, dataNow } = await growing()
    const answer = await append(adding(' upon'))
    expect([answer.status, answer.text]).toEqual([204, ''])
    expect(answer.headers.etag).toBe((await alice.get(path)).headers.etag)
    expect(answer.headers['dovetail-at']).toMatch(/\.2$/)
    expect(await dataNow()).toEqual({ text: 'Once upon' })
    const { body } = await alice.get<ChangesReply>(`/v1/channels/${channel}/changes?after=0`)
    expect(body.changes.map(({ record }) => record.rev)).toEqual([2])
  })

  test('[APP1] a path is a JSON pointer; several operations are done in order', async () => {
    const { append, dataNow } = await growing({ text: 'a', parts: [{ 'x/y': 'b' }], __proto__: undefined })
    const operations = [...adding('1', '/parts/0/x~1y'), ...adding('2'), ...adding('3')]
    expect((await append(operations)).status).toBe(204)
    expect(await dataNow()).toEqual({ text: 'a23', parts: [{ 'x/y': 'b1' }] })
  })

  test('[APP1, RST37] a JSON patch is the body of a PATCH of a record alone', async () => {
    const { alice, path } = await growing()
    const refused = await Promise.all([
      alice.send('PUT', path, patchType, '{"text":"b"}'),
      alice.send('PATCH', '/v1/me', patchType, '{"name":"Al"}'),
    ])
    expect(refused.map(({ status, code }) => [status, code])).toEqual([
      [415, 'unsupported_type'],
      [415, 'unsupported_type'],
    ])
  })

  test.each([
    ['another operation', [{ op: 'replace', path: '/text', value: 'x' }], '/0/op'],
    ['no list', { op: 'append', path: '/text', value: 'x' }, ''],
    ['an empty list', [], ''],
    ['a value that is no text', [{ op: 'append', path: '/text', value: 1 }], '/0/value'],
    ['a path to nothing', adding('x', '/absent'), '/absent'],
    ['a path to a list', adding('x', '/list'), '/list'],
    ['a path into a text', adding('x', '/text/0'), '/text/0'],
    ['a path that is no pointer', adding('x', 'text'), 'text'],
    ['a path to what an object inherits', adding('x', '/constructor/name'), '/constructor/name'],
  ])('[APP3] %s is invalid_data, and nothing is appended', async (_what, operation, pointer) => {
    const { append, dataNow } = await growing({ text: 'Once', list: [] })
    const body = Array.isArray(operation) && operation.length > 0 ? [...operation, ...adding('y')] : operation
    const answer = await append(body)
    expect([answer.status, answer.code]).toEqual([422, 'invalid_data'])
    const { errors } = answer.body as { errors: { pointer: string }[] }
    expect(errors[0]?.pointer).toBe(pointer)
    expect(await dataNow()).toEqual({ text: 'Once', list: [] })
  })

  test('[APP4] it has the rights and preconditions of an update', async () => {
    const { alice, channel, path, append } = await growing()
    const bob = await server.rest('bob')
    const byOther = await bob.send('PATCH', path, patchType, JSON.stringify(adding('!')))
    expect([byOther.status, byOther.code]).toEqual([403, 'forbidden'])
    const never = at(channel, 'messages', 'never')
    expect((await alice.send('PATCH', never, patchType, JSON.stringify(adding('!')))).status).toBe(404)
    const { etag } = (await alice.get(path)).headers
    expect((await append(adding('!'), { 'if-match': String(etag) })).status).toBe(204)
    const stale = await append(adding('!'), { 'if-match': String(etag) })
    expect([stale.status, stale.code]).toEqual([412, 'rev_mismatch'])
    await alice.delete(path)
    expect((await append(adding('!'))).status).toBe(410)
  })

  test('[APP4, LIM2] schema and recordBytes count for the result', async () => {
    const { append } = await growing({ text: 'x'.repeat(7990) })
    expect((await append(adding('y'.repeat(10)))).status).toBe(204)
    const tooLong = await append(adding('z'))
    expect([tooLong.status, tooLong.code]).toEqual([422, 'invalid_data'])
    const wide = await growing({ text: 'a', more: 'x'.repeat(59_900) })
    const tooLarge = await wide.append(adding('y'.repeat(200), '/more'))
    expect([tooLarge.status, tooLarge.code]).toEqual([413, 'too_large'])
    const surrogate = await wide.append(adding('\ud800'))
    expect([surrogate.status, surrogate.code]).toEqual([422, 'invalid_text'])
  })

  test('[APP4, PRM7, IDM3] a retry by key appends once', async () => {
    const { append, dataNow } = await growing()
    const key = { 'idempotency-key': 'k' }
    const first = await append(adding(' upon'), key)
    await append(adding(' a time'))
    const again = await append(adding(' upon'), key)
    expect([first.status, again.status]).toEqual([204, 204])
    expect(await dataNow()).toEqual({ text: 'Once upon a time' })
    expect((await append(adding(' else'), key)).code).toBe('key_reused')
    const atOnce = await Promise.all(Array.from({ length: 10 }, () => append(adding('!'), { 'idempotency-key': 'l' })))
    expect(atOnce.map(({ status }) => status)).toEqual(atOnce.map(() => 204))
    expect(await dataNow()).toEqual({ text: 'Once upon a time!' })
  })

  test('[APP4, MOD5] to append nothing is no change', async () => {
    const { append, path, alice } = await growing()
    expect((await append(adding(''))).status).toBe(204)
    expect((await alice.get<LiveRecord>(path)).body.rev).toBe(1)
  })

  test('[APP5, MOD4] appends that come at once are all there, each with a revision of its own', async () => {
    const { channel, append, alice, path } = await growing({ text: '>' })
    const other = await server.rest('alice')
    const texts = Array.from({ length: 60 }, (_, n) => `<${n}>`)
    const answers = await Promise.all(
      texts.map((text, n) =>
        n % 2 === 0 ? append(adding(text)) : other.send('PATCH', path, patchType, JSON.stringify(adding(text))),
      ),
    )
    const revs = answers.map(({ headers }) => Number(String(headers['dovetail-at']).split('.')[1]))
    expect(revs.sort((a, b) => a - b)).toEqual(texts.map((_, n) => n + 2))
    const { data } = (await alice.get<LiveRecord<{ text: string }>>(path)).body
    expect(data.text.match(/<\d+>/g)?.sort()).toEqual([...texts].sort())
    const { body } = await alice.get<{ head: number }>(`/v1/channels/${channel}`)
    expect(body.head).toBe(61)
  })

  test('[APP2, WSK3] a socket appends in the order sent, and gets the position', async () => {
    const socket = await server.connect('alice')
    const channel = freshChannel()
    const one = { channel, collection: 'messages', recordId: 'one' }
    socket.send({ id: 'put', op: 'put', ...one, data: { text: '>' } })
    const texts = Array.from({ length: 50 }, (_, n) => `<${n}>`)
    texts.forEach((text, id) => {
      socket.send({ id, op: 'append', ...one, data: adding(text), key: `k${id}` })
    })
    expect(await socket.reply<AppendOk>(49)).toEqual({ id: 49, ok: { at: expect.stringMatching(/\.51$/) } })
    const again = await socket.ok<AppendOk>('append', { ...one, data: adding('<0>'), key: 'k0' })
    expect(again).toEqual({ at: expect.stringMatching(/\.51$/) })
    const alice = await server.rest('alice')
    expect((await alice.get<LiveRecord>(at(channel, 'messages', 'one'))).body.data).toEqual({
      text: `>${texts.join('')}`,
    })
    expect((await socket.refused('append', { ...one, data: [{ op: 'add', path: '/text', value: 'x' }] })).code).toBe(
      'invalid_data',
    )
  })

  test('[APP2, RST25] a batch appends; what has the same key is appended once', async () => {
    const { alice, channel, dataNow } = await growing()
    const one = { op: 'append', channel, collection: 'messages', recordId: 'one' }
    const writes = [
      { ...one, data: adding('1'), key: 'first' },
      { ...one, data: adding('1'), key: 'first' },
      { ...one, data: adding('2') },
    ]
    const { body } = await alice.post<BatchReply>('/v1/batch', { writes })
    expect(body.results).toEqual(writes.map(() => ({ status: 204, at: expect.stringMatching(/\.[23]$/) })))
    expect(await dataNow()).toEqual({ text: 'Once12' })
    await alice.post('/v1/batch', { writes: writes.slice(0, 1) })
    expect(await dataNow()).toEqual({ text: 'Once12' })
  })

  test('[APP4, PRM4] readers are sent the record whole', async () => {
    const { channel, append } = await growing()
    const socket = await server.connect('bob')
    await socket.subscribe(channel)
    await append(adding(' upon'))
    const frames = await socket.reached(channel, 2)
    const changes = frames.flatMap((frame) => (frame as { changes: Change[] }).changes)
    expect(changes.at(-1)).toMatchObject({ collection: 'messages', record: { rev: 2, data: { text: 'Once upon' } } })
  })
})
