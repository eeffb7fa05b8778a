import type { LiveRecord, Page, Tombstone, WriteOk } from 'dovetail-protocol'
import { describe, expect, test } from 'vitest'
import { at, freshChannel } from '../../support/paths.ts'
import { serving, stores } from '../../support/servers/serving.ts'

const target = (channel: string, recordId?: string) => ({
  channel,
  collection: 'messages',
  ...(recordId === undefined ? {} : { recordId }),
})

describe.each(stores)('commands, %s store', (store) => {
  const server = serving({ store })

  test('[WSK15] create makes a record', async () => {
    const socket = await server.connect('alice')
    const channel = freshChannel()
    const { record, at: position } = await socket.ok<WriteOk>('create', { ...target(channel), data: { text: 'a' } })
    expect(record).toMatchObject({ pos: 1, rev: 1, author: 'alice', data: { text: 'a' } })
    expect(position).toMatch(/^[A-Za-z0-9]+\.1$/)
    const rest = await server.rest('alice')
    expect((await rest.get(at(channel, 'messages', record.id))).body).toEqual(record)
  })

  test('[WSK2, N31] a byte order mark before a command is no part of it, and a second one is', async () => {
    const socket = await server.connect('alice')
    const command = (id: string) =>
      JSON.stringify({ id, op: 'create', channel: freshChannel(), collection: 'messages', data: { text: 'a' } })
    socket.sendRaw(`\uFEFF${command('one')}`)
    expect(await socket.reply<WriteOk>('one')).toMatchObject({ ok: { record: { pos: 1 } } })
    socket.sendRaw(`\uFEFF\uFEFF${command('two')}`)
    expect((await socket.ended()).code).toBe(4400)
  })

  test('[WSK16, WSK17] put, patch and delete change a record', async () => {
    const socket = await server.connect('alice')
    const channel = freshChannel()
    const one = target(channel, 'one')
    const put = await socket.ok<WriteOk>('put', { ...one, data: { text: 'a', x: 1 } })
    expect(put.record).toMatchObject({ id: 'one', pos: 1, rev: 1 })
    const patched = await socket.ok<{ record: LiveRecord }>('patch', { ...one, data: { x: null, y: 2 } })
    expect([patched.record.rev, patched.record.data]).toEqual([2, { text: 'a', y: 2 }])
    const deleted = await socket.ok<{ record: Tombstone; at: string }>('delete', one)
    expect(deleted.record).toEqual({ id: 'one', pos: 1, rev: 3, deleted: true })
    expect(deleted.at.split('.')[0]).toBe(put.at.split('.')[0])
    expect((await socket.refused('patch', { ...one, data: { y: 3 } })).code).toBe('gone')
    const again = await socket.ok<WriteOk>('delete', one)
    expect(again.record).toEqual(deleted.record)
    const back = await socket.ok<WriteOk>('put', { ...one, data: { text: 'b' } })
    expect(back.record).toMatchObject({ pos: 1, rev: 4 })
    expect((await socket.refused('delete', target(channel, 'absent'))).code).toBe('not_found')
    expect((await socket.refused('patch', { ...target(channel, 'absent'), data: {} })).code).toBe('not_found')
  })

  test('[WSK18] ifRev is the revision the record must have', async () => {
    const socket = await server.connect('alice')
    const one = target(freshChannel(), 'one')
    await socket.ok('put', { ...one, data: { text: 'a' }, ifRev: 0 })
    expect((await socket.refused('put', { ...one, data: { text: 'b' }, ifRev: 0 })).code).toBe('exists')
    await socket.ok('put', { ...one, data: { text: 'b' }, ifRev: 1 })
    for (const [op, data] of [
      ['put', { text: 'c' }],
      ['patch', { text: 'c' }],
      ['delete', undefined],
    ] as const) {
      const refused = await socket.refused(op, { ...one, ...(data === undefined ? {} : { data }), ifRev: 1 })
      expect([op, refused.code]).toEqual([op, 'rev_mismatch'])
      expect(refused.current).toMatchObject({ id: 'one', rev: 2, data: { text: 'b' } })
    }
    await socket.ok('patch', { ...one, data: { text: 'c' }, ifRev: 2 })
    await socket.ok('delete', { ...one, ifRev: 3 })
    await socket.ok('put', { ...one, data: { text: 'back' }, ifRev: 0 })
  })

  test('[WSK18] of many writes on one revision, one wins', async () => {
    const sockets = await Promise.all(Array.from({ length: 4 }, () => server.connect('alice')))
    const one = target(freshChannel(), 'one')
    await sockets[0]?.ok('put', { ...one, data: { text: 'a' } })
    const replies = await Promise.all(
      sockets.flatMap((socket, n) =>
        Array.from({ length: 5 }, (_, m) => socket.command('put', { ...one, data: { text: `${n}-${m}` }, ifRev: 1 })),
      ),
    )
    expect(replies.filter((reply) => 'ok' in reply)).toHaveLength(1)
  })

  test('[WSK3] commands to one channel are applied in the order sent', async () => {
    const socket = await server.connect('alice')
    const channel = freshChannel()
    const texts = Array.from({ length: 100 }, (_, n) => `${n}`)
    texts.forEach((text, id) => {
      socket.send({ id, op: 'create', ...target(channel), data: { text } })
    })
    await socket.reply(99)
    const rest = await server.rest('alice')
    const page = await rest.get<Page<{ text: string }>>(`${at(channel)}?limit=500`)
    expect(page.body.records.map(({ data }) => data.text)).toEqual(texts)
  })

  test('[WSK3] writes on one record, and a subscribe between them, keep their order', async () => {
    const socket = await server.connect('alice')
    const channel = freshChannel()
    const one = target(channel, 'one')
    socket.send({ id: 1, op: 'put', ...one, data: { text: 'a' } })
    socket.send({ id: 2, op: 'patch', ...one, data: { x: 1 } })
    socket.send({ id: 3, op: 'subscribe', channel, last: { messages: 5 } })
    socket.send({ id: 4, op: 'delete', ...one })
    socket.send({ id: 5, op: 'put', ...one, data: { text: 'b' } })
    expect(await socket.reply(5)).toMatchObject({ ok: { record: { rev: 4, data: { text: 'b' } } } })
    const subscribed = await socket.reply<{ cursor: string; snapshot: { messages: { records: LiveRecord[] } } }>(3)
    if (!('ok' in subscribed)) throw new Error('the subscribe was refused')
    expect(subscribed.ok.cursor).toMatch(/\.2$/)
    expect(subscribed.ok.snapshot.messages.records[0]).toMatchObject({ rev: 2, data: { text: 'a', x: 1 } })
    await socket.reached(channel, 4)
  })
})

describe('commands', () => {
  const server = serving()

  test('[WSK2] an id may be a number or a text, and each command has one reply', async () => {
    const socket = await server.connect('alice')
    const ids = [0, 1, -7, 1.5, '', 'a', '1', 'é'.repeat(50)]
    for (const id of ids) socket.send({ id, op: 'ping' })
    await socket.reply('é'.repeat(50))
    expect(socket.frames.slice(1).map(({ id }) => id)).toEqual(ids)
    for (const frame of socket.frames.slice(1)) expect(Object.keys(frame).sort()).toEqual(['id', 'ok'])
  })

  test('[WSK2, ERR7] a refusal has a code and a sentence', async () => {
    const socket = await server.connect('alice')
    const refused = await socket.refused('create', { ...target(freshChannel()), data: { text: '' } })
    expect(refused).toMatchObject({ code: 'invalid_data', detail: expect.any(String) })
    expect(refused.errors?.[0]).toMatchObject({ pointer: '/text', message: expect.any(String) })
  })

  test.each([
    { op: 'nonsense' },
    { op: 7 },
    {},
    { op: '__proto__' },
    { op: 'constructor' },
    { op: 'toString' },
    { op: 'subscribe' },
    { op: 'subscribe', channel: 7 },
    { op: 'subscribe', channel: null },
    { op: 'subscribe', channel: 'chat:a', after: 7 },
    { op: 'subscribe', channel: 'chat:a', last: 50 },
    { op: 'subscribe', channel: 'chat:a', last: { messages: 'x' } },
    { op: 'subscribe', channel: 'chat:a', last: [] },
    { op: 'subscribe', channel: 'chat:a', signals: 'yes' },
    { op: 'unsubscribe' },
    { op: 'create', channel: 'chat:a', collection: 'messages' },
    { op: 'create', channel: ['chat:a'], collection: 'messages', data: {} },
    { op: 'create', channel: 'chat:a', data: {} },
    { op: 'create', channel: 'chat:a', collection: 'messages', data: { text: 'a' }, key: 7 },
    { op: 'put', channel: 'chat:a', collection: 'messages', data: { text: 'a' } },
    { op: 'put', channel: 'chat:a', collection: 'messages', recordId: 7, data: { text: 'a' } },
    { op: 'put', channel: 'chat:a', collection: 'messages', recordId: 'm', data: { text: 'a' }, ifRev: '1' },
    { op: 'put', channel: 'chat:a', collection: 'messages', recordId: 'm', data: { text: 'a' }, ifRev: -1 },
    { op: 'put', channel: 'chat:a', collection: 'messages', recordId: 'm', data: { text: 'a' }, ifRev: 1.5 },
    { op: 'delete', channel: 'chat:a', collection: 'messages' },
    { op: 'signal', channel: 'chat:a', data: 1 },
    { op: 'signal', channel: 'chat:a', type: 7, data: 1 },
    { op: 'hello', token: 7 },
  ])('[WSK5] %j is invalid_data, and the connection lives on', async (command) => {
    const socket = await server.connect('alice')
    socket.send({ id: 'x', ...command })
    expect(await socket.reply('x')).toMatchObject({ error: { code: 'invalid_data' } })
    expect(await socket.ok('ping')).toHaveProperty('serverTime')
  })

  test('[LIM7, ERR2] a last outside its range is invalid_data, and says where', async () => {
    const socket = await server.connect('alice')
    for (const count of [501, 0, -1]) {
      const refused = await socket.refused('subscribe', { channel: freshChannel(), last: { messages: count } })
      const pointers = refused.errors?.map(({ pointer }) => pointer)
      expect([count, refused.code, pointers]).toEqual([count, 'invalid_data', ['/last/messages']])
    }
  })

  test('[WSK5] unknown fields are ignored', async () => {
    const socket = await server.connect('alice')
    expect(await socket.ok('ping', { odd: 1, constructor: 2 })).toHaveProperty('serverTime')
  })

  test('[WSK20] ping replies with the server’s time', async () => {
    const socket = await server.connect()
    const { serverTime } = await socket.ok<{ serverTime: string }>('ping')
    expect(Math.abs(Date.parse(serverTime) - Date.now())).toBeLessThan(5_000)
  })

  test('[WSK19, WSK24, MOD13] a signal reaches its subscribers, and is neither stored nor numbered', async () => {
    const channel = freshChannel()
    const [sender, asked, other] = [
      await server.connect('ann'),
      await server.connect('ben'),
      await server.connect('cem'),
    ]
    await asked.subscribe(channel, { signals: true })
    await other.subscribe(channel)
    await sender.subscribe(channel, { signals: true })
    expect(await sender.ok('signal', { channel, type: 'typing', data: { on: true } })).toEqual({})
    const signal = await asked.next('signal', channel)
    expect(signal).toEqual({ op: 'signal', channel, type: 'typing', data: { on: true }, user: 'ann' })
    expect(await sender.next('signal', channel)).toEqual(signal)
    await sender.ok('create', { ...target(channel), data: { text: 'a' } })
    const [frame] = await other.reached(channel, 1)
    expect(frame).toMatchObject({ from: 0, to: 1 })
    expect(other.events('signal')).toEqual([])
    const rest = await server.rest('ann')
    expect((await rest.get(`/v1/channels/${channel}/changes?after=0`)).text).not.toContain('typing')
  })

  test('[WSK19] without an id a signal has no reply', async () => {
    const channel = freshChannel()
    const [sender, reader] = [await server.connect('ann'), await server.connect('ben')]
    await reader.subscribe(channel, { signals: true })
    sender.send({ op: 'signal', channel, type: 'typing', data: null })
    await reader.next('signal', channel)
    await sender.ok('ping')
    expect(sender.frames).toHaveLength(2)
  })

  test('[WSK19, LIM19] a signal’s data is validated like all data', async () => {
    const socket = await server.connect('ann')
    const signal = { channel: freshChannel(), type: 'typing' }
    expect((await socket.refused('signal', { ...signal, data: '\u0000' })).code).toBe('invalid_text')
    const deep = JSON.parse(`${'['.repeat(100)}${']'.repeat(100)}`)
    expect((await socket.refused('signal', { ...signal, data: deep })).code).toBe('too_deep')
  })
})
