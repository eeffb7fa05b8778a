import type { ChangesReply, Signal } from 'dovetail-protocol'
import { describe, expect, onTestFinished, test } from 'vitest'
import { openStream } from '../../support/clients/event-stream.ts'
import { at, freshChannel } from '../../support/paths.ts'
import { serving, stores } from '../../support/servers/serving.ts'
import { awaitLater } from '../../support/until.ts'

interface Several {
  readonly channels: (Partial<ChangesReply> & { channel: string; error?: { code: string } })[]
}

describe.each(stores)('long-poll, %s store', (store) => {
  const server = serving({ store })
  const path = (channel: string, query: string) => `/v1/channels/${channel}/changes?${query}`

  test('[RDG7] answers as soon as there is a change', async () => {
    const alice = await server.rest('alice')
    const channel = freshChannel()
    await alice.post(at(channel), { text: '1' })
    const { cursor } = (await alice.get<ChangesReply>(`/v1/channels/${channel}/changes`)).body
    const parked = awaitLater(alice.get<ChangesReply>(path(channel, `after=${cursor}&wait=30`)))
    const readers = async () => (await alice.get<{ readers: number }>(`/v1/channels/${channel}`)).body.readers
    await expect.poll(readers, { interval: 20 }).toBe(1)
    await alice.post(at(channel), { text: '2' })
    const answer = await parked
    expect(answer.body).toMatchObject({ channel, from: 1, to: 2, cursor: cursor.replace(/1$/, '2'), more: false })
    expect(answer.body.changes).toHaveLength(1)
    expect(answer.headers['cache-control']).toContain('no-store')
    expect(answer.headers.etag).toBeUndefined()
  })

  test('[RDG7, LIM8] the reply is cut to the limit of the request', async () => {
    const backend = await server.rest('backend', { role: 'service' })
    const channel = freshChannel()
    await backend.post(at(channel), { text: '1' })
    const { cursor } = (await backend.get<ChangesReply>(`/v1/channels/${channel}/changes`)).body
    const parked = awaitLater(backend.get<ChangesReply>(path(channel, `after=${cursor}&wait=30&limit=2`)))
    const readers = async () => (await backend.get<{ readers: number }>(`/v1/channels/${channel}`)).body.readers
    await expect.poll(readers, { interval: 20 }).toBe(1)
    const writes = ['2', '3', '4'].map((text) => ({ op: 'create', channel, collection: 'messages', data: { text } }))
    expect((await backend.post('/v1/batch', { writes })).status).toBe(200)
    const first = (await parked).body
    expect(first).toMatchObject({ from: 1, to: 3, more: true })
    expect(first.changes).toHaveLength(2)
    const rest = await backend.get<ChangesReply>(path(channel, `after=${first.cursor}&wait=30&limit=2`))
    expect(rest.body).toMatchObject({ from: 3, to: 4, more: false })
  })

  test('[RDG7] answers at once if something is new', async () => {
    const alice = await server.rest('alice')
    const channel = freshChannel()
    await alice.post(at(channel), { text: '1' })
    const before = performance.now()
    const answer = await alice.get<ChangesReply>(path(channel, 'after=0&wait=30'))
    expect(answer.body).toMatchObject({ from: 0, to: 1 })
    expect(performance.now() - before).toBeLessThan(20_000)
    expect(answer.headers.etag).toBeUndefined()
  })

  test('[RDG7] answers with the same cursor when the wait ends, never 304', async () => {
    const alice = await server.rest('alice')
    const channel = freshChannel()
    await alice.post(at(channel), { text: '1' })
    const first = await alice.get<ChangesReply>(`/v1/channels/${channel}/changes`)
    const { cursor } = first.body
    const conditions = { 'if-none-match': String(first.headers.etag) }
    const before = performance.now()
    const answer = await alice.get<ChangesReply>(path(channel, `after=${cursor}&wait=1`), conditions)
    expect(performance.now() - before).toBeGreaterThan(900)
    expect([answer.status, answer.body]).toEqual([200, { channel, from: 1, to: 1, cursor, changes: [], more: false }])
    expect(answer.headers.etag).toBeUndefined()
  })

  test.each(['wait=0', 'wait=56', 'wait=-1', 'wait=x'])('[RDG7, LIM18] %s is invalid_query', async (query) => {
    const alice = await server.rest('alice')
    const refused = await alice.get(path(freshChannel(), `after=0&${query}`))
    expect([refused.status, refused.code]).toEqual([400, 'invalid_query'])
  })

  test('[RDG8, RDG10] reads several channels in one poll, in the order of the request', async () => {
    const alice = await server.rest('alice')
    const [one, two] = [freshChannel(), 'chat:who@where']
    await alice.post(at(one), { text: '1' })
    await alice.post(at(two), { text: '1' })
    const query = `sub=${one}@0&sub=team:hidden@0&sub=${two}@0&sub=chat:no%20name@0&sub=${one}x@Stranger1.1&sub=${one}y@z`
    const { status, body } = await alice.get<Several>(`/v1/changes?${query}`)
    expect(status).toBe(200)
    expect(body.channels.map(({ channel, error, to }) => [channel, error?.code ?? to])).toEqual([
      [one, 1],
      ['team:hidden', 'not_found'],
      [two, 1],
      ['chat:no name', 'invalid_name'],
      [`${one}x`, 'reset'],
      [`${one}y`, 'invalid_cursor'],
    ])
  })

  test('[RDG9, RDG10] reads any number of channels by POST', async () => {
    const alice = await server.rest('alice')
    const channels = Array.from({ length: 60 }, () => freshChannel())
    await alice.post(at(channels[7] ?? ''), { text: '1' })
    const subs = Object.fromEntries(channels.map((channel) => [channel, '0']))
    const { status, body } = await alice.post<Several>('/v1/changes', { subs })
    expect([status, body.channels.length]).toEqual([200, 60])
    expect(body.channels.filter(({ to }) => to === 1).map(({ channel }) => channel)).toEqual([channels[7]])
    const query = channels.map((channel) => `sub=${channel}@0`).join('&')
    const refused = await alice.get(`/v1/changes?${query}`)
    expect([refused.status, refused.code]).toEqual([400, 'invalid_query'])
    expect((await alice.get('/v1/changes')).code).toBe('invalid_query')
    expect((await alice.post('/v1/changes', { subs: [] })).code).toBe('invalid_data')
    const { body: limits } = await alice.get<{ subscriptions: number }>('/v1/limits')
    const many = Object.fromEntries(Array.from({ length: limits.subscriptions + 1 }, (_, n) => [`chat:many-${n}`, '0']))
    expect((await alice.post('/v1/changes', { subs: many })).code).toBe('too_many_subscriptions')
    const fromNow = { [channels[7] ?? '']: null, [channels[8] ?? '']: '' }
    const now = (await alice.post<Several>('/v1/changes', { subs: fromNow })).body.channels
    expect(now.map(({ from, to }) => [from, to])).toEqual([
      [1, 1],
      [0, 0],
    ])
  })

  test('[RDG2, RDG8] a poll of several channels has an ETag, which answers 304 until one of them changes', async () => {
    const alice = await server.rest('alice')
    const [one, two] = [freshChannel(), freshChannel()]
    await alice.post(at(one), { text: '1' })
    const query = `/v1/changes?sub=${one}@0&sub=${two}@0`
    const first = await alice.get(query)
    const conditions = { 'if-none-match': String(first.headers.etag) }
    const same = await alice.get(query, conditions)
    expect([first.status, same.status, same.text, same.headers.etag]).toEqual([200, 304, '', first.headers.etag])
    await alice.post(at(two), { text: '1' })
    const fresh = await alice.get<Several>(query, conditions)
    expect([fresh.status, fresh.body.channels.map(({ to }) => to)]).toEqual([200, [1, 1]])
    const posted = await alice.post('/v1/changes', { subs: { [one]: '0' } })
    expect([posted.headers.etag, posted.headers['cache-control']]).toEqual([undefined, 'no-store'])
    expect((await alice.get(`${query}&wait=1`)).headers.etag).toBeUndefined()
  })

  test('[LIM9, RDG10] no reply about several channels is over 1 MiB, and all changes arrive', {
    timeout: 60_000,
  }, async () => {
    const alice = await server.rest('alice')
    const channels = Array.from({ length: 6 }, () => freshChannel())
    for (const channel of channels)
      for (let n = 0; n < 5; n++) await alice.post(at(channel), { text: `${n}`, ballast: 'x'.repeat(59_000) })
    const subs = Object.fromEntries(channels.map((channel) => [channel, '0']))
    const got = new Map(channels.map((channel) => [channel, 0]))
    let left = true
    while (left) {
      const answer = await alice.post<{ channels: ChangesReply[] }>('/v1/changes', { subs })
      expect(Buffer.byteLength(answer.text)).toBeLessThanOrEqual(1_048_576)
      expect(answer.body.channels.map(({ channel }) => channel)).toEqual(channels)
      for (const { channel, from, cursor, changes } of answer.body.channels) {
        expect(from).toBe(got.get(channel))
        got.set(channel, from + changes.length)
        subs[channel] = cursor
      }
      expect(answer.body.channels.some(({ changes }) => changes.length > 0)).toBe(true)
      left = answer.body.channels.some(({ more }) => more)
    }
    expect([...got.values()]).toEqual([5, 5, 5, 5, 5, 5])
  })

  test('[RDG7, RDG8] a parked poll of several answers when one of them changes', async () => {
    const alice = await server.rest('alice')
    const [one, two] = [freshChannel(), freshChannel()]
    const parked = awaitLater(alice.get<Several>(`/v1/changes?sub=${one}@0&sub=${two}@0&wait=30`))
    const readers = async () => (await alice.get<{ readers: number }>(`/v1/channels/${two}`)).body.readers
    await expect.poll(readers, { interval: 20 }).toBe(1)
    await alice.post(at(two), { text: '1' })
    const { channels } = (await parked).body
    expect(channels.map(({ channel, to }) => [channel, to])).toEqual([
      [one, 0],
      [two, 1],
    ])
  })

  test('[RDG18] carries signals that were sent while it was parked', async () => {
    const alice = await server.rest('alice')
    const channel = freshChannel()
    const parked = awaitLater(
      alice.get<ChangesReply & { signals: Signal[] }>(path(channel, 'after=0&wait=30&signals=1')),
    )
    const readers = async () => (await alice.get<{ readers: number }>(`/v1/channels/${channel}`)).body.readers
    await expect.poll(readers, { interval: 20 }).toBe(1)
    await alice.post(`/v1/channels/${channel}/signals`, { type: 'typing', data: 1 })
    const { signals, changes } = (await parked).body
    expect(changes).toEqual([])
    expect(signals).toMatchObject([{ type: 'typing', data: 1, user: 'alice' }])
  })
})

describe('the reader count', () => {
  const server = serving()

  test('[RDG26] comes with streams and long-polls, for other origins too, and not with plain polls', async () => {
    const alice = await server.rest('alice')
    const channel = freshChannel()
    await alice.post(at(channel), { text: '1' })
    await Promise.all(Array.from({ length: 11 }, () => server.connect('bob')))
    const path = `/v1/channels/${channel}/changes?after=0`
    const stream = await openStream({ port: server.port, path })
    onTestFinished(() => stream.close())
    const parked = await alice.get(`${path}&wait=1`)
    const several = await alice.get(`/v1/changes?sub=${channel}@0&wait=1`)
    const plain = await alice.get(path)
    const counts = [stream, parked, several, plain].map(({ headers }) => headers['dovetail-readers'])
    expect(counts).toEqual(['20', '20', '20', undefined])
    expect(parked.headers['access-control-expose-headers']).toContain('Dovetail-Readers')
  })
})
