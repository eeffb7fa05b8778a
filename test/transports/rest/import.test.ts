import { describe, expect, test } from 'vitest'
import { freshChannel } from '../../support/paths.ts'
import { serving, stores } from '../../support/servers/serving.ts'

interface Imported {
  readonly results: readonly {
    readonly status: string
    readonly id?: string
    readonly error?: { readonly code: string }
  }[]
  readonly at: string
}
interface Exported {
  readonly records: readonly Record<string, unknown>[]
  readonly cursor: string
  readonly head: number
  readonly more: boolean
}

const message = (id: string, part: object = {}) => ({ collection: 'messages', id, data: { text: id }, ...part })
const then = '2019-03-04T05:06:07.890Z'
const later = '2020-01-01T00:00:00.000Z'

describe.each(stores)('import and export on %s', (store) => {
  const server = serving({ store })
  const service = () => server.rest('importer', { role: 'service' })
  const statuses = (reply: { body: Imported }) => reply.body.results.map(({ status, error }) => error?.code ?? status)

  test('[IMP1, IMP2] records have the ids, authors and dates that they bring, in the order sent', async () => {
    const channel = freshChannel()
    const records = [
      message('a', { author: 'ana', createdAt: then, updatedAt: later }),
      message('b', { author: 'bob', createdAt: '2019-03-04T07:06:08+02:00' }),
      { collection: 'messages', key: 'k', author: 'cleo', deleted: true },
    ]
    const reply = await (await service()).post<Imported>(`/v1/import/${channel}`, { records })
    expect([reply.status, statuses(reply), reply.body.at]).toEqual([
      200,
      ['created', 'created', 'created'],
      expect.stringMatching(/\.3$/),
    ])
    const page = await (await server.rest()).get<{ records: object[] }>(`/v1/channels/${channel}/messages`)
    expect(page.body.records).toEqual([
      { id: 'a', pos: 1, rev: 1, author: 'ana', createdAt: then, updatedAt: later, data: { text: 'a' } },
      expect.objectContaining({ id: 'b', pos: 2, author: 'bob', createdAt: '2019-03-04T05:06:08.000Z' }),
    ])
    expect((await (await server.rest()).get(`/v1/channels/${channel}/messages/k`)).status).toBe(410)
  })

  test('[IMP3] what is there already stays as it is', async () => {
    const channel = freshChannel()
    const rest = await service()
    await rest.post(`/v1/import/${channel}`, {
      records: [message('a'), message('b', { deleted: true, data: undefined })],
    })
    const again = await rest.post<Imported>(`/v1/import/${channel}`, {
      records: [message('a', { data: { text: 'other' } }), message('b'), message('c'), message('c')],
    })
    expect(statuses(again)).toEqual(['kept', 'kept', 'created', 'kept'])
    const { body } = await rest.get<{ head: number }>(`/v1/channels/${channel}`)
    expect(body.head).toBe(3)
  })

  test('[IMP4] a refused record holds no other back', async () => {
    const channel = freshChannel()
    const records = [
      message('a', { data: { text: '' } }),
      message('b', { createdAt: 'yesterday' }),
      message('c', { createdAt: later, updatedAt: then }),
      message('d', { collection: 'nothing' }),
      message('e', { author: 'no user' }),
      { collection: 'messages', data: { text: 'no id' } },
      message('f', { createdAt: '2020-02-30T00:00:00Z' }),
      message('h', { createdAt: '9999-12-31T23:59:59-01:00' }),
      message('good'),
    ]
    const reply = await (await service()).post<Imported>(`/v1/import/${channel}`, { records })
    expect(statuses(reply).slice(-1)).toEqual(['created'])
    expect(statuses(reply).slice(0, 8)).toEqual([
      'invalid_data',
      'invalid_data',
      'invalid_data',
      'not_found',
      'invalid_name',
      'invalid_data',
      'invalid_data',
      'invalid_data',
    ])
  })

  test('[IMP5] only a service imports and exports, and a batch sets no dates', async () => {
    const channel = freshChannel()
    const user = await server.rest('ana')
    const admin = await server.rest('root', { role: 'admin' })
    await user.post(`/v1/channels/${channel}/messages`, { text: 'hello' })
    const outcomes = [
      await user.post(`/v1/import/${channel}`, { records: [message('a')] }),
      await admin.post(`/v1/import/${channel}`, { records: [message('a')] }),
      await user.get(`/v1/export/${channel}`),
      await (await server.rest()).get(`/v1/export/${channel}`),
      await user.post('/v1/import/team:secret', { records: [] }),
    ]
    expect(outcomes.map(({ status }) => status)).toEqual([403, 403, 403, 401, 404])
    const write = { op: 'create', channel, collection: 'messages', data: { text: 'x' }, createdAt: then }
    const batch = await (await service()).post<Imported>('/v1/batch', { writes: [write] })
    expect(batch.body.results[0]).toMatchObject({ status: 422, error: { errors: [{ pointer: '/createdAt' }] } })
  })

  test('[IMP6] an import of an export gives the same log but for its epoch', async () => {
    const [from, to] = [freshChannel(), freshChannel()]
    const [ana, rest] = [await server.rest('ana'), await service()]
    const ids: string[] = []
    for (const text of ['one', 'two', 'three', 'four']) {
      const made = await ana.post<{ id: string }>(`/v1/channels/${from}/messages`, { text })
      ids.push(made.body.id)
    }
    await ana.patch(`/v1/channels/${from}/messages/${ids[0]}`, { text: 'one, changed' })
    await ana.delete(`/v1/channels/${from}/messages/${ids[2]}`)
    const exported = await rest.get<Exported>(`/v1/export/${from}?limit=2`)
    const second = await rest.get<Exported>(`/v1/export/${from}?after=${exported.body.cursor}`)
    expect([exported.body.more, second.body.more, second.body.head]).toEqual([true, false, 6])
    const records = [...exported.body.records, ...second.body.records]
    expect(records.at(-1)).toMatchObject({ author: 'ana', deleted: true, pos: 3, rev: 6 })
    const body = { records, head: second.body.head }
    const reader = await server.connect()
    await reader.subscribe(to)
    const imported = await rest.post<Imported>(`/v1/import/${to}`, body)
    expect(statuses(imported)).toEqual(['created', 'created', 'created', 'created'])
    const again = await rest.post<Imported>(`/v1/import/${to}`, body)
    expect(statuses(again)).toEqual(['kept', 'kept', 'kept', 'kept'])
    const logs = await Promise.all(
      [from, to].map(async (channel) => (await rest.get<object>(`/v1/channels/${channel}/changes?after=0`)).body),
    )
    const bare = (log: object | undefined) => ({ ...log, channel: '', cursor: '' })
    expect(bare(logs[1])).toEqual(bare(logs[0]))
    const pages = await Promise.all([from, to].map((channel) => rest.get<Exported>(`/v1/export/${channel}`)))
    expect(pages[1]?.body.records).toEqual(pages[0]?.body.records)
    const next = await ana.post<{ pos: number }>(`/v1/channels/${to}/messages`, { text: 'five' })
    expect(next.body.pos).toBe(7)
  })

  test('[IMP6] a log is given no revision from which it could not go on', async () => {
    const [channel, other] = [freshChannel(), freshChannel()]
    const rest = await service()
    const highest = 2 ** 52
    const over = { records: [message('a', { pos: 1, rev: highest + 1 })] }
    expect(statuses(await rest.post<Imported>(`/v1/import/${channel}`, over))).toEqual(['invalid_data'])
    expect((await rest.post(`/v1/import/${other}`, { records: [], head: highest + 1 })).status).toBe(422)
    expect((await rest.get<{ head: number }>(`/v1/channels/${other}`)).body.head).toBe(0)
    const reached = { records: [message('a', { pos: highest, rev: highest })], head: highest }
    expect(statuses(await rest.post<Imported>(`/v1/import/${channel}`, reached))).toEqual(['created'])
    const next = await rest.post<{ pos: number }>(`/v1/channels/${channel}/messages`, { text: 'b' })
    expect(next.body.pos).toBe(highest + 1)
    const { body } = await rest.get<{ head: number }>(`/v1/channels/${channel}`)
    expect(body.head).toBe(highest + 1)
  })

  test('[IMP6] no two records of a channel get the same position', async () => {
    const channel = freshChannel()
    const rest = await service()
    const [first, second] = [
      [message('a', { pos: 1, rev: 2 }), message('b', { pos: 1, rev: 3 }), message('c', { pos: 3, rev: 4 })],
      [message('d', { pos: 3, rev: 5 }), message('c', { pos: 3, rev: 6 }), message('e', { pos: 2, rev: 7 })],
    ]
    const batches = [await rest.post<Imported>(`/v1/import/${channel}`, { records: first })]
    batches.push(await rest.post<Imported>(`/v1/import/${channel}`, { records: second }))
    expect(batches.map(statuses)).toEqual([
      ['created', 'invalid_data', 'created'],
      ['invalid_data', 'created', 'created'],
    ])
    const ids: string[] = []
    for (let after: number | null = 0; after !== null; ) {
      const page: { body: { records: { id: string }[]; after: number | null } } = await rest.get(
        `/v1/channels/${channel}/messages?limit=1&after=${after}`,
      )
      ids.push(...page.body.records.map(({ id }) => id))
      after = page.body.after
    }
    expect(ids).toEqual(['a', 'e', 'c'])
  })

  test('[IMP6] exported data is an object, which the rights of members rely on', async () => {
    const channel = freshChannel()
    const rest = await service()
    const wrong = [null, 5, 'text', [], undefined]
    const members = wrong.map((data, index) => ({ collection: 'members', id: 'bob', pos: 1, rev: index + 1, data }))
    const reply = await rest.post<Imported>(`/v1/import/${channel}`, { records: members })
    expect(statuses(reply)).toEqual(wrong.map(() => 'invalid_data'))
    expect((await (await server.rest('bob')).get(`/v1/channels/${channel}`)).status).toBe(200)
  })

  test('[IMP1] a title has the bounds that it has where a channel is opened', async () => {
    const channel = freshChannel()
    const rest = await service()
    const outcome = async (title: string) => (await rest.post(`/v1/import/${channel}`, { records: [], title })).status
    expect([await outcome(''), await outcome('x'.repeat(201)), await outcome('nul \0')]).toEqual([422, 422, 422])
    expect((await rest.get<{ epoch: null }>(`/v1/channels/${channel}`)).body.epoch).toBeNull()
    expect(await outcome('x'.repeat(200))).toBe(200)
  })

  test('[IMP6] an export does not go into the log of something else', async () => {
    const [from, to] = [freshChannel(), freshChannel()]
    const [ana, rest] = [await server.rest('ana'), await service()]
    await ana.post(`/v1/channels/${from}/messages`, { text: 'one' })
    await ana.post(`/v1/channels/${to}/messages`, { text: 'other' })
    const { body } = await rest.get<Exported>(`/v1/export/${from}`)
    expect(statuses(await rest.post<Imported>(`/v1/import/${to}`, { records: body.records }))).toEqual(['rev_mismatch'])
  })
})
