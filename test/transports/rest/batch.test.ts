import type { BatchReply, ChangesReply, LiveRecord, Page } from 'dovetail-protocol'
import { describe, expect, test } from 'vitest'
import { emptyView, foldAll } from '../../support/fold.ts'
import { at, freshChannel } from '../../support/paths.ts'
import { serving, stores } from '../../support/servers/serving.ts'

type Result = BatchReply['results'][number] & { error?: { code: string; status?: number }; record?: LiveRecord }
interface Reply {
  readonly results: readonly Result[]
}

describe.each(stores)('batch, %s store', (store) => {
  const server = serving({ store })
  const messages = (channel: string, recordId?: string) => ({
    channel,
    collection: 'messages',
    ...(recordId === undefined ? {} : { recordId }),
  })

  test('[RST25] each write has its result, in order, as if it were sent alone', async () => {
    const alice = await server.rest('alice')
    const channel = freshChannel()
    await alice.put(at(channel, 'messages', 'old'), { text: 'old' })
    const writes = [
      { op: 'create', ...messages(channel), data: { text: '1' } },
      { op: 'put', ...messages(channel, 'two'), data: { text: '2' } },
      { op: 'put', ...messages(channel, 'old'), data: { text: 'new' }, ifRev: 1 },
      { op: 'patch', ...messages(channel, 'two'), data: { x: 1 } },
      { op: 'delete', ...messages(channel, 'old') },
    ]
    const { status, body } = await alice.post<Reply>('/v1/batch', { writes })
    expect(status).toBe(200)
    expect(body.results.map(({ status: each }) => each)).toEqual([201, 201, 200, 200, 204])
    expect(body.results.slice(0, 4).map(({ record }) => record?.rev)).toEqual([2, 3, 4, 5])
    expect(body.results[3]?.record).toMatchObject({ id: 'two', data: { text: '2', x: 1 } })
    expect(body.results[0]?.at).toMatch(/^[A-Za-z0-9]+\.\d+$/)
    const page = (await alice.get<Page>(at(channel))).body
    expect([page.records.map(({ data }) => data), page.cursor?.endsWith('.6')]).toEqual([
      [{ text: '1' }, { text: '2', x: 1 }],
      true,
    ])
  })

  test('[RST26] the writes to one channel are all committed or none; channels stand on their own', async () => {
    const alice = await server.rest('alice')
    const [bad, good] = [freshChannel(), freshChannel()]
    const writes = [
      { op: 'create', ...messages(bad), data: { text: '1' } },
      { op: 'create', ...messages(good), data: { text: '2' } },
      { op: 'create', ...messages(bad), data: { text: '' } },
      { op: 'create', ...messages('team:hidden'), data: { text: '3' } },
      { op: 'create', ...messages(good), data: { text: '4' } },
    ]
    const { status, body } = await alice.post<Reply>('/v1/batch', { writes })
    expect([status, body.results.map((result) => result.status >= 400)]).toEqual([
      200,
      [true, false, true, true, false],
    ])
    expect([body.results[2]?.error?.code, body.results[3]?.error?.code]).toEqual(['invalid_data', 'not_found'])
    expect(body.results[0]?.error?.code).toBeTypeOf('string')
    expect((await alice.get<Page>(at(bad))).body.records).toEqual([])
    expect((await alice.get<Page>(at(good))).body.records).toHaveLength(2)
  })

  test('[RST26, APP2] a write sees what those before it made; a revision that none can know yet is a mismatch', async () => {
    const alice = await server.rest('alice')
    const channel = freshChannel()
    const write = (op: string, more: object) => ({ op, ...messages(channel), recordId: 'r', ...more })
    const piece = (value: string) => ({ data: [{ op: 'append', path: '/text', value }] })
    const made = [write('put', { ifRev: 0, data: { text: 'a' } }), write('append', piece('b'))]
    const { body } = await alice.post<Reply>('/v1/batch', { writes: made })
    expect(body.results.map(({ status }) => status)).toEqual([201, 204])
    const mixed = [write('append', { ifRev: 2, ...piece('c') }), write('append', { ifRev: 3, ...piece('d') })]
    const refused = (await alice.post<Reply>('/v1/batch', { writes: mixed })).body
    expect(refused.results.map(({ error }) => error?.code)).toEqual(['rev_mismatch', 'rev_mismatch'])
    expect((await alice.get<LiveRecord>(at(channel, 'messages', 'r'))).body).toMatchObject({
      rev: 2,
      data: { text: 'ab' },
    })
  })

  test('[RST26, PRM2] readers get a batch whole, in frames that join', async () => {
    const alice = await server.rest('alice')
    const channel = freshChannel()
    const socket = await server.connect()
    await socket.subscribe(channel)
    const writes = Array.from({ length: 500 }, (_, n) => ({
      op: 'create',
      ...messages(channel),
      data: { text: `${n}` },
    }))
    expect((await alice.post<Reply>('/v1/batch', { writes })).body.results).toHaveLength(500)
    const view = foldAll(emptyView(), await socket.reached(channel, 500))
    expect([view.rev, view.records.size]).toEqual([500, 500])
  })

  test('[RST25, IDM1, IDM3] keys make each of its writes safe to retry', async () => {
    const alice = await server.rest('alice')
    const channel = freshChannel()
    const writes = ['a', 'b'].map((key) => ({ op: 'create', ...messages(channel), data: { text: key }, key }))
    const first = (await alice.post<Reply>('/v1/batch', { writes })).body
    const again = (await alice.post<Reply>('/v1/batch', { writes })).body
    expect(again.results.map(({ status }) => status)).toEqual([200, 200])
    expect(again.results.map(({ record }) => record)).toEqual(first.results.map(({ record }) => record))
    const single = await alice.post<LiveRecord>(at(channel), { text: 'a' }, { 'idempotency-key': 'a' })
    expect([single.status, single.body]).toEqual([200, first.results[0]?.record])
    expect((await alice.get<ChangesReply>(`/v1/channels/${channel}/changes?after=0`)).body.to).toBe(2)
  })

  test('[IDM13] one key for the whole batch makes it safe to retry, and can’t be used for another', async () => {
    const alice = await server.rest('alice')
    const [one, two] = [freshChannel(), freshChannel()]
    const writes = [one, two, one].map((channel, n) => ({ op: 'create', ...messages(channel), data: { text: `${n}` } }))
    const key = { 'idempotency-key': 'whole' }
    const first = (await alice.post<Reply>('/v1/batch', { writes }, key)).body
    const again = (await alice.post<Reply>('/v1/batch', { writes }, key)).body
    expect(first.results.map(({ status }) => status)).toEqual([201, 201, 201])
    expect(again.results.map(({ status }) => status)).toEqual([200, 200, 200])
    expect(again.results.map(({ record }) => record)).toEqual(first.results.map(({ record }) => record))
    expect((await alice.get<Page>(at(one))).body.records).toHaveLength(2)
    const other = (await alice.post<Reply>('/v1/batch', { writes: writes.toReversed() }, key)).body
    expect(other.results.map(({ error }) => error?.code)).toEqual(['key_reused', undefined, 'key_reused'])
    const bob = await server.rest('bob')
    expect((await bob.post<Reply>('/v1/batch', { writes }, key)).body.results[0]?.status).toBe(201)
    const refused = await alice.post('/v1/batch', { writes }, { 'idempotency-key': 'a b' })
    expect([refused.status, refused.code]).toEqual([400, 'invalid_name'])
  })

  test("[IDM13, IDM12] a write's own key and author count before those of the headers", async () => {
    const channel = freshChannel()
    const service = await server.rest('feeder', { role: 'service' })
    const write = { op: 'create', ...messages(channel), data: { text: 'a' } }
    const headers = { 'idempotency-key': 'whole', 'dovetail-author': 'ann' }
    const writes = [
      { ...write, key: 'own' },
      { ...write, author: 'bob' },
    ]
    const { results } = (await service.post<Reply>('/v1/batch', { writes }, headers)).body
    expect(results.map(({ record }) => record?.author)).toEqual(['ann', 'bob'])
    const single = { 'idempotency-key': 'own', 'dovetail-author': 'ann' }
    const replayed = await service.post<LiveRecord>(at(channel), { text: 'a' }, single)
    expect([replayed.status, replayed.body]).toEqual([200, results[0]?.record])
    const alice = await server.rest('alice')
    const refused = await alice.post<Reply>('/v1/batch', { writes: [write] }, { 'dovetail-author': 'ann' })
    expect(refused.body.results[0]?.error?.code).toBe('forbidden')
  })

  test('[RST25, WSK15, ERR7] a create with a record id or a revision is refused, on a socket too', async () => {
    const alice = await server.rest('alice')
    const socket = await server.connect('alice')
    const channel = freshChannel()
    for (const [field, value] of [
      ['recordId', 'one'],
      ['ifRev', 0],
      ['ifRev', 3],
    ] as const) {
      const write = { ...messages(channel), data: { text: 'a' }, [field]: value }
      const { results } = (await alice.post<Reply>('/v1/batch', { writes: [{ op: 'create', ...write }] })).body
      const wrong = { code: 'invalid_data', errors: [{ pointer: `/${field}` }] }
      expect(results[0]).toMatchObject({ status: 422, error: wrong })
      expect(await socket.refused('create', write)).toMatchObject(wrong)
    }
    expect((await alice.get<Page>(at(channel))).body.records).toEqual([])
  })

  test('[LIM22] 500 writes and no more', async () => {
    const alice = await server.rest('alice')
    const channel = freshChannel()
    const writes = Array.from({ length: 501 }, () => ({ op: 'create', ...messages(channel), data: { text: 'x' } }))
    const refused = await alice.post('/v1/batch', { writes })
    expect([refused.status, refused.code]).toEqual([413, 'too_large'])
    expect((await alice.get<Page>(at(channel))).body.records).toEqual([])
    const empty = await alice.post<Reply>('/v1/batch', { writes: [] })
    expect([200, 422]).toContain(empty.status)
  })

  test.each([{}, { writes: {} }, { writes: 'x' }, []])('[RST25] the body %j is invalid_data', async (body) => {
    const alice = await server.rest('alice')
    const refused = await alice.post('/v1/batch', body)
    expect([refused.status, refused.code]).toEqual([422, 'invalid_data'])
  })

  test('[LIM9, RST25] no reply is over 1 MiB: results that do not fit come without their records', async () => {
    const alice = await server.rest('alice')
    const channel = freshChannel()
    await alice.put(at(channel, 'messages', 'large'), { text: 'a', ballast: 'x'.repeat(59_000) })
    const patches = Array.from({ length: 40 }, (_, n) => ({ op: 'patch', ...messages(channel, 'large'), data: { n } }))
    const stale = Array.from({ length: 40 }, () => ({ op: 'patch', ...messages(channel, 'large'), data: {}, ifRev: 1 }))
    for (const writes of [patches, stale]) {
      const { text, body } = await alice.post<Reply>('/v1/batch', { writes })
      expect(Buffer.byteLength(text)).toBeLessThanOrEqual(1_048_576)
      const results = body.results.map(({ status, at: position, error }) => [
        status,
        position?.split('.')[1],
        error?.code,
      ])
      expect(results).toEqual(
        writes.map((_, n) => (writes === stale ? [412, undefined, 'rev_mismatch'] : [200, String(n + 2), undefined])),
      )
    }
    const [first, last] = (await alice.post<Reply>('/v1/batch', { writes: patches })).body.results.flatMap(
      ({ record }, n) => (n === 0 || n === 39 ? [record] : []),
    )
    expect([first, last]).toMatchObject([{ data: { n: 0 } }, undefined])
  })

  test('[RST25, ERR7] an invalid write is refused at its position', async () => {
    const alice = await server.rest('alice')
    const channel = freshChannel()
    const writes = [
      { op: 'create', ...messages(channel), data: { text: 'fine' } },
      { op: 'explode', ...messages(freshChannel()), data: {} },
      { op: 'put', ...messages(freshChannel()), data: { text: 'no id' } },
      7,
      { op: 'create', ...messages('no spaces'), data: {} },
    ]
    const { status, body } = await alice.post<Reply>('/v1/batch', { writes })
    expect(status).toBe(200)
    expect(body.results.map(({ status: each, error }) => error?.code ?? each)).toEqual([
      201,
      'invalid_data',
      expect.stringMatching(/^invalid_(data|name)$/),
      'invalid_data',
      'invalid_name',
    ])
  })
})
