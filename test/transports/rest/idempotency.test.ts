import type { LiveRecord, WriteOk } from 'dovetail-protocol'
import { describe, expect, test } from 'vitest'
import { at, freshChannel } from '../../support/paths.ts'
import { serving, stores } from '../../support/servers/serving.ts'

const key = (value: string) => ({ 'idempotency-key': value })

describe.each(stores)('idempotency, %s store', (store) => {
  const server = serving({ store })
  const headOf = async (channel: string) =>
    (await (await server.rest('alice')).get<{ head: number }>(`/v1/channels/${channel}`)).body.head

  test('[IDM1, PRM7] a create repeated gives the first one, with 200', async () => {
    const alice = await server.rest('alice')
    const channel = freshChannel()
    const first = await alice.post<LiveRecord>(at(channel), { text: 'a' }, key('k'))
    expect(first.status).toBe(201)
    const again = await alice.post<LiveRecord>(at(channel), { text: 'a' }, key('k'))
    expect([again.status, again.body]).toEqual([200, first.body])
    expect(again.headers.etag).toBe(first.headers.etag)
    expect(await headOf(channel)).toBe(1)
  })

  test('[IDM1] the record comes as it is now', async () => {
    const alice = await server.rest('alice')
    const channel = freshChannel()
    const first = await alice.post<LiveRecord>(at(channel), { text: 'a' }, key('k'))
    const path = at(channel, 'messages', first.body.id)
    await alice.put(path, { text: 'b' })
    const again = await alice.post<LiveRecord>(at(channel), { text: 'a' }, key('k'))
    expect([again.status, again.body.rev, again.body.data]).toEqual([200, 2, { text: 'b' }])
    await alice.delete(path)
    const gone = await alice.post<LiveRecord>(at(channel), { text: 'a' }, key('k'))
    expect([gone.status, gone.body]).toEqual([200, { id: first.body.id, pos: 1, rev: 3, deleted: true }])
  })

  test('[IDM1] put, patch and delete repeated change nothing more', async () => {
    const alice = await server.rest('alice')
    const channel = freshChannel()
    const path = at(channel, 'messages', 'one')
    await alice.put(path, { text: 'a' }, key('put'))
    await alice.patch(path, { text: 'b' }, key('patch'))
    const put = await alice.put<LiveRecord>(path, { text: 'a' }, key('put'))
    expect([put.status, put.body.rev, put.body.data]).toEqual([200, 2, { text: 'b' }])
    await alice.delete(path, key('delete'))
    await alice.put(path, { text: 'back' })
    const deleted = await alice.delete(path, key('delete'))
    expect([deleted.status, deleted.text]).toEqual([204, ''])
    const patched = await alice.patch<LiveRecord>(path, { text: 'b' }, key('patch'))
    expect([patched.status, patched.body.rev, patched.body.data]).toEqual([200, 4, { text: 'back' }])
    expect(await headOf(channel)).toBe(4)
  })

  test('[IDM1] retries at once make one write', async () => {
    const alice = await server.rest('alice')
    const channel = freshChannel()
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => alice.post<LiveRecord>(at(channel), { text: 'a' }, key('k'))),
    )
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1)
    expect(answers.map(({ status }) => status).sort()).toEqual([...Array(9).fill(200), 201])
    expect(await headOf(channel)).toBe(1)
  })

  test('[IDM2] a refusal is not remembered', async () => {
    const alice = await server.rest('alice')
    const channel = freshChannel()
    expect((await alice.post(at(channel), { text: '' }, key('k'))).status).toBe(422)
    expect((await alice.post(at(channel), { text: 'now right' }, key('k'))).status).toBe(201)
    const path = at(channel, 'messages', 'one')
    expect((await alice.patch(path, { text: 'a' }, key('p'))).status).toBe(404)
    await alice.put(path, { text: 'made' })
    expect((await alice.patch(path, { text: 'a' }, key('p'))).status).toBe(200)
  })

  test('[IDM2] a success that changed nothing is remembered', async () => {
    const alice = await server.rest('alice')
    const path = at(freshChannel(), 'messages', 'one')
    await alice.put(path, { text: 'a' })
    expect((await alice.put(path, { text: 'a' }, key('k'))).status).toBe(200)
    await alice.put(path, { text: 'b' })
    const again = await alice.put<LiveRecord>(path, { text: 'a' }, key('k'))
    expect([again.status, again.body.rev, again.body.data]).toEqual([200, 2, { text: 'b' }])
    const other = await alice.put(path, { text: 'c' }, key('k'))
    expect([other.status, other.code]).toEqual([409, 'key_reused'])
  })

  test('[IDM3] the same key with another verb, target or data is key_reused', async () => {
    const alice = await server.rest('alice')
    const channel = freshChannel()
    const path = at(channel, 'messages', 'one')
    await alice.put(path, { text: 'a' }, key('k'))
    const others = [
      await alice.put(path, { text: 'b' }, key('k')),
      await alice.patch(path, { text: 'a' }, key('k')),
      await alice.delete(path, key('k')),
      await alice.put(at(channel, 'messages', 'two'), { text: 'a' }, key('k')),
      await alice.post(at(channel), { text: 'a' }, key('k')),
      await alice.post(at(channel, 'reactions'), { message: 'one', emoji: '+' }, key('k')),
    ]
    for (const { status, code } of others) expect([status, code]).toEqual([409, 'key_reused'])
    expect(await headOf(channel)).toBe(1)
  })

  test('[IDM4] data is compared as parsed JSON', async () => {
    const alice = await server.rest('alice')
    const channel = freshChannel()
    const type = { 'content-type': 'application/json', ...key('k') }
    const first = await alice.send<LiveRecord>('POST', at(channel), type, '{"text":"a","n":{"x":1,"y":[1.0]}}')
    const spelled = ' { "n" : {"y":[1e0], "x":1}, "text":"\\u0061" } '
    const again = await alice.send<LiveRecord>('POST', at(channel), type, spelled)
    expect([again.status, again.body.id]).toEqual([200, first.body.id])
    const order = await alice.send('POST', at(channel), type, '{"text":"a","n":{"x":1,"y":[1,1]}}')
    expect([order.status, order.code]).toEqual([409, 'key_reused'])
  })

  test('[IDM5, ERR7] a socket and REST share their keys', async () => {
    const alice = await server.rest('alice')
    const socket = await server.connect('alice')
    const channel = freshChannel()
    const posted = await alice.post<LiveRecord>(at(channel), { text: 'a' }, key('k'))
    const target = { channel, collection: 'messages' }
    const created = await socket.ok<WriteOk>('create', { ...target, data: { text: 'a' }, key: 'k' })
    expect(created.record).toEqual(posted.body)
    expect((await socket.refused('create', { ...target, data: { text: 'b' }, key: 'k' })).code).toBe('key_reused')
    const record = { ...target, recordId: 'one' }
    await socket.ok('put', { ...record, data: { text: 'x' }, key: 'put' })
    await socket.ok('patch', { ...record, data: { text: 'y' }, key: 'patch' })
    await socket.ok('delete', { ...record, key: 'delete' })
    const path = at(channel, 'messages', 'one')
    expect((await alice.put(path, { text: 'x' }, key('put'))).status).toBe(200)
    expect((await alice.patch(path, { text: 'y' }, key('patch'))).status).toBe(200)
    expect((await alice.delete(path, key('delete'))).status).toBe(204)
    expect(await headOf(channel)).toBe(4)
  })

  test('[IDM6] keys are per author and channel', async () => {
    const [alice, bob] = await Promise.all([server.rest('alice'), server.rest('bob')])
    const [one, two] = [freshChannel(), freshChannel()]
    const statuses = [
      (await alice.post(at(one), { text: 'a' }, key('k'))).status,
      (await bob.post(at(one), { text: 'b' }, key('k'))).status,
      (await alice.post(at(two), { text: 'c' }, key('k'))).status,
    ]
    expect(statuses).toEqual([201, 201, 201])
    expect([await headOf(one), await headOf(two)]).toEqual([2, 1])
  })

  test.each(['', 'with space', 'k'.repeat(129), 'é'])(
    '[IDM8] the key "%s" is invalid_name over both transports',
    async (bad) => {
      const alice = await server.rest('alice')
      const socket = await server.connect('alice')
      const channel = freshChannel()
      const sent = bad === 'é' ? Buffer.from(bad, 'utf8').toString('latin1') : bad
      const refused = await alice.post(at(channel), { text: 'a' }, key(sent))
      expect([refused.status, refused.code]).toEqual([400, 'invalid_name'])
      const command = { channel, collection: 'messages', data: { text: 'a' }, key: bad }
      expect((await socket.refused('create', command)).code).toBe('invalid_name')
      expect(await headOf(channel)).toBe(0)
      const unknown = { channel: 'nonsense:a', collection: 'messages', data: { text: 'a' }, key: bad }
      expect((await alice.post(at('nonsense:a'), { text: 'a' }, key(sent))).code).toBe('invalid_name')
      expect((await socket.refused('create', unknown)).code).toBe('invalid_name')
    },
  )

  test('[IDM8] 128 visible characters are a key', async () => {
    const alice = await server.rest('alice')
    expect((await alice.post(at(freshChannel()), { text: 'a' }, key('~!"'.padEnd(128, 'k')))).status).toBe(201)
  })

  test('[IDM12, TOK7] a service writes as another author, others may not', async () => {
    const backend = await server.rest('backend', { role: 'service' })
    const channel = freshChannel()
    const asCarl = { 'dovetail-author': 'carl' }
    const made = await backend.post<LiveRecord>(at(channel), { text: 'a' }, asCarl)
    expect([made.status, made.body.author]).toEqual([201, 'carl'])
    const alice = await server.rest('alice')
    const refused = await alice.post(at(channel), { text: 'a' }, asCarl)
    expect([refused.status, refused.code]).toEqual([403, 'forbidden'])
    const bad = await backend.post(at(channel), { text: 'a' }, { 'dovetail-author': 'no spaces' })
    expect([bad.status, bad.code]).toEqual([400, 'invalid_name'])
    const socket = await server.connect('backend', { role: 'service' })
    const command = { channel, collection: 'messages', data: { text: 'b' }, author: 'dora' }
    const created = await socket.ok<{ record: LiveRecord }>('create', command)
    expect(created.record.author).toBe('dora')
    const mine = await server.connect('alice')
    expect((await mine.refused('create', command)).code).toBe('forbidden')
  })

  test('[IDM12] what a service writes for an author belongs to the author', async () => {
    const [backend, carl] = [await server.rest('backend', { role: 'service' }), await server.rest('carl')]
    const path = at(freshChannel(), 'messages', 'one')
    await carl.put(path, { text: 'a' })
    const [asCarl, asDora] = [{ 'dovetail-author': 'carl' }, { 'dovetail-author': 'dora' }]
    for (const refused of [
      await backend.put(path, { text: 'b' }),
      await backend.put(path, { text: 'b' }, asDora),
      await backend.delete(path, asDora),
    ])
      expect(refused.code).toBe('forbidden')
    expect((await backend.put(path, { text: 'b' }, asCarl)).status).toBe(200)
    expect((await backend.patch<LiveRecord>(path, { more: 1 }, asCarl)).body.author).toBe('carl')
    expect((await backend.delete(path, asCarl)).status).toBe(204)
  })

  test('[IDM1, PRM7] a retry is answered also if the write could not be made a second time', async () => {
    const [ann, admin] = [await server.rest('ann'), await server.rest('root', { role: 'admin' })]
    const [form, once] = [at(freshChannel('forms'), 'feedback', 'f1'), key('once')]
    const feedback = { who: 'Ann', mail: 'ann@example.org', message: 'Hello', rating: 5 }
    expect((await ann.put(form, feedback)).status).toBe(201)
    expect((await ann.put(form, { ...feedback, rating: 4 })).code).toBe('forbidden')
    const keyed = at(freshChannel('forms'), 'feedback', 'f1')
    const first = await ann.put<LiveRecord>(keyed, feedback, once)
    const again = await ann.put<LiveRecord>(keyed, feedback, once)
    expect([first.status, again.status, again.body]).toEqual([201, 200, first.body])
    expect((await ann.put(keyed, { ...feedback, rating: 4 }, once)).code).toBe('forbidden')
    expect((await admin.get<LiveRecord>(keyed)).body).toEqual(first.body)
    const backend = await server.rest('backend', { role: 'service' })
    const note = at(freshChannel(), 'messages', 'one')
    for (const status of [201, 200])
      expect((await backend.put(note, { text: 'a' }, { ...once, 'dovetail-author': 'carl' })).status).toBe(status)
  })
})
