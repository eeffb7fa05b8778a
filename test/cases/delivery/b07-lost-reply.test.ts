import type { LiveRecord, Page, WriteOk } from 'dovetail-protocol'
import { describe, expect, test } from 'vitest'
import { openLine } from '../../support/clients/raw-socket.ts'
import { at, freshChannel } from '../../support/paths.ts'
import { serving, stores } from '../../support/servers/serving.ts'
import { tokenFor } from '../../support/servers/token-for.ts'

describe.each(stores)('B07, %s store', (store) => {
  const server = serving({ store })

  test('[IDM1, IDM3, IDM6, PRM7] B07: a lost reply and three retries make one message', async () => {
    const channel = freshChannel()
    const reader = await server.connect()
    await reader.subscribe(channel)
    const body = '{"text":"once"}'
    const line = await openLine(server.port)
    line.write(
      [
        `POST ${at(channel)} HTTP/1.1`,
        'Host: 127.0.0.1',
        `Authorization: Bearer ${await tokenFor('alice')}`,
        'Content-Type: application/json',
        'Idempotency-Key: k',
        `Content-Length: ${body.length}`,
        '',
        body,
      ].join('\r\n'),
    )
    await reader.reached(channel, 1)
    line.reset()
    const alice = await server.rest('alice')
    const socket = await server.connect('alice')
    const key = { 'idempotency-key': 'k' }
    const [one, two, three] = await Promise.all([
      alice.post<LiveRecord>(at(channel), { text: 'once' }, key),
      alice.post<LiveRecord>(at(channel), { text: 'once' }, key),
      socket.ok<WriteOk>('create', { channel, collection: 'messages', data: { text: 'once' }, key: 'k' }),
    ])
    expect([one?.status, two?.status]).toEqual([200, 200])
    expect(new Set([one?.body.id, two?.body.id, three?.record.id]).size).toBe(1)
    expect((await alice.post(at(channel), { text: 'other' }, key)).code).toBe('key_reused')
    expect((await alice.post(at(channel), { text: 'once' }, { 'idempotency-key': 'k2' })).status).toBe(201)
    const bob = await server.rest('bob')
    expect((await bob.post(at(channel), { text: 'once' }, key)).status).toBe(201)
    expect((await alice.get<Page>(at(channel))).body.records).toHaveLength(3)
    const frames = await reader.reached(channel, 3)
    expect(frames.flatMap(({ changes }) => changes.map(({ record }) => record.rev))).toEqual([1, 2, 3])
  })
})
