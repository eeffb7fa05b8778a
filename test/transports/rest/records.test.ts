import type { LiveRecord, Problem } from 'dovetail-protocol'
import { describe, expect, test } from 'vitest'
import { at, freshChannel } from '../../support/paths.ts'
import { serving, stores } from '../../support/servers/serving.ts'

const uuidV7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
const isoTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/

describe.each(stores)('records, %s store', (store) => {
  const server = serving({ store })

  test('[RST12, MOD3, NAM4] POST makes a record with an id of the server', async () => {
    const alice = await server.rest('alice')
    const channel = freshChannel()
    const made = await alice.post<LiveRecord>(at(channel), { text: 'hello' })
    expect(made.status).toBe(201)
    expect(made.headers['content-type']).toMatch(/^application\/json(; ?charset=utf-8)?$/i)
    expect(made.body).toEqual({
      id: expect.stringMatching(uuidV7),
      pos: 1,
      rev: 1,
      author: 'alice',
      createdAt: expect.stringMatching(isoTime),
      updatedAt: made.body.createdAt,
      data: { text: 'hello' },
    })
    const location = String(made.headers.location)
    expect(location).toMatch(new RegExp(`${at(channel, 'messages', made.body.id)}$`))
    expect((await alice.get(new URL(location, server.url).pathname)).body).toEqual(made.body)
  })

  test('[MOD4, MOD2] each change takes the next revision of its channel, over all its collections', async () => {
    const alice = await server.rest('alice')
    const channel = freshChannel()
    const revs: number[] = []
    const first = await alice.post<LiveRecord>(at(channel), { text: 'one' })
    revs.push(first.body.rev)
    const heart = { message: first.body.id, emoji: '❤' }
    revs.push((await alice.post<LiveRecord>(at(channel, 'reactions'), heart)).body.rev)
    revs.push((await alice.patch<LiveRecord>(at(channel, 'messages', first.body.id), { text: 'uno' })).body.rev)
    await alice.delete(at(channel, 'messages', first.body.id))
    revs.push((await alice.post<LiveRecord>(at(channel), { text: 'two' })).body.rev)
    expect(revs).toEqual([1, 2, 3, 5])
  })

  test('[MOD4] writes that come at once get distinct revisions without a hole', async () => {
    const users = await Promise.all(['ann', 'ben', 'cem'].map((user) => server.rest(user)))
    const channel = freshChannel()
    const made = await Promise.all(
      users.flatMap((user) =>
        Array.from({ length: 20 }, (_, n) => user.post<LiveRecord>(at(channel), { text: `${n}` })),
      ),
    )
    const revs = made.map((answer) => answer.body.rev).sort((a, b) => a - b)
    expect(revs).toEqual(Array.from({ length: 60 }, (_, n) => n + 1))
  })

  test('[MOD5] a write that changes nothing takes no revision', async () => {
    const alice = await server.rest('alice')
    const path = at(freshChannel(), 'messages', 'one')
    const first = await alice.put<LiveRecord>(path, { text: 'same', tags: [1, 2] })
    expect(first.status).toBe(201)
    const put = await alice.put<LiveRecord>(path, { tags: [1, 2], text: 'same' })
    expect([put.status, put.body]).toEqual([200, first.body])
    const patch = await alice.patch<LiveRecord>(path, { text: 'same' })
    expect([patch.status, patch.body]).toEqual([200, first.body])
    expect((await alice.patch<LiveRecord>(path, { text: 'other' })).body.rev).toBe(2)
  })

  test('[MOD6] the first write to a public channel takes revision 1 and adds no member', async () => {
    const alice = await server.rest('alice')
    const channel = freshChannel()
    expect((await alice.post<LiveRecord>(at(channel), { text: 'first' })).body.rev).toBe(1)
    expect((await alice.get<{ records: unknown[] }>(at(channel, 'members'))).body.records).toEqual([])
  })

  test('[RST13] GET gives the record, 404 for what never was, 410 for a tombstone', async () => {
    const alice = await server.rest('alice')
    const channel = freshChannel()
    const made = await alice.put<LiveRecord>(at(channel, 'messages', 'one'), { text: 'hello' })
    expect((await alice.get(at(channel, 'messages', 'one'))).body).toEqual(made.body)
    const never = await alice.get(at(channel, 'messages', 'two'))
    expect([never.status, never.code]).toEqual([404, 'not_found'])
    await alice.delete(at(channel, 'messages', 'one'))
    const gone = await alice.get(at(channel, 'messages', 'one'))
    expect([gone.status, gone.code]).toEqual([410, 'gone'])
  })

  test('[RST14] PUT creates with 201 and replaces with 200', async () => {
    const alice = await server.rest('alice')
    const path = at(freshChannel(), 'messages', 'one')
    const made = await alice.put<LiveRecord>(path, { text: 'a', mood: 'fine' })
    expect([made.status, made.body.id, made.body.pos, made.body.rev]).toEqual([201, 'one', 1, 1])
    const replaced = await alice.put<LiveRecord>(path, { text: 'b' })
    expect([replaced.status, replaced.body.pos, replaced.body.rev]).toEqual([200, 1, 2])
    expect(replaced.body.data).toEqual({ text: 'b' })
    expect(replaced.body.createdAt).toBe(made.body.createdAt)
  })

  test('[RST15] PUT with If-None-Match: * creates only', async () => {
    const alice = await server.rest('alice')
    const path = at(freshChannel(), 'messages', 'one')
    const only = { 'if-none-match': '*' }
    expect((await alice.put(path, { text: 'a' }, only)).status).toBe(201)
    const second = await alice.put(path, { text: 'b' }, only)
    expect([second.status, second.code]).toEqual([412, 'exists'])
    expect((await alice.get<LiveRecord>(path)).body.data).toEqual({ text: 'a' })
  })

  test('[RST16] PATCH is a merge patch: null takes a key away, arrays are replaced whole', async () => {
    const alice = await server.rest('alice')
    const path = at(freshChannel(), 'messages', 'one')
    await alice.put(path, { text: 'a', x: { keep: 1, drop: 2 }, list: [1, 2, 3] })
    const patch = { x: { drop: null, add: { deep: [] } }, list: [4], absent: null }
    const patched = await alice.patch<LiveRecord>(path, patch)
    expect([patched.status, patched.body.rev]).toEqual([200, 2])
    expect(patched.body.data).toEqual({ text: 'a', x: { keep: 1, add: { deep: [] } }, list: [4] })
  })

  test.each(['application/merge-patch+json', 'application/json', 'application/json; charset=utf-8'])(
    '[RST16] PATCH accepts %s',
    async (type) => {
      const alice = await server.rest('alice')
      const path = at(freshChannel(), 'messages', 'one')
      await alice.put(path, { text: 'a' })
      const patched = await alice.send<LiveRecord>('PATCH', path, { 'content-type': type }, '{"text":"b"}')
      expect([patched.status, patched.body.data]).toEqual([200, { text: 'b' }])
    },
  )

  test('[RST17, MOD14] DELETE answers 204 and leaves a tombstone', async () => {
    const alice = await server.rest('alice')
    const channel = freshChannel()
    await alice.put(at(channel, 'messages', 'one'), { text: 'secret' })
    const deleted = await alice.delete(at(channel, 'messages', 'one'))
    expect([deleted.status, deleted.text]).toEqual([204, ''])
    const changes = await alice.get<{ changes: unknown[] }>(`/v1/channels/${channel}/changes?after=0`)
    expect(changes.body.changes).toEqual([
      { collection: 'messages', record: { id: 'one', pos: 1, rev: 2, deleted: true } },
    ])
    expect(changes.text).not.toContain('secret')
    expect((await alice.get<{ records: unknown[] }>(at(channel))).body.records).toEqual([])
  })

  test('[MOD15, IDM11] PUT on a tombstone brings the record back at its pos', async () => {
    const alice = await server.rest('alice')
    const channel = freshChannel()
    await alice.put(at(channel, 'messages', 'one'), { text: 'a' })
    await alice.put(at(channel, 'messages', 'two'), { text: 'b' })
    await alice.delete(at(channel, 'messages', 'one'))
    const back = await alice.put<LiveRecord>(at(channel, 'messages', 'one'), { text: 'c' })
    expect([back.status, back.body.pos, back.body.rev, back.body.data]).toEqual([200, 1, 4, { text: 'c' }])
    await alice.delete(at(channel, 'messages', 'one'))
    const only = { 'if-none-match': '*' }
    const again = await alice.put<LiveRecord>(at(channel, 'messages', 'one'), { text: 'd' }, only)
    expect([again.status, again.body.pos, again.body.rev]).toEqual([200, 1, 6])
    const page = await alice.get<{ records: LiveRecord[] }>(at(channel))
    expect(page.body.records.map(({ id }) => id)).toEqual(['one', 'two'])
  })

  test('[IDM9] DELETE of a tombstone is 204 and no revision, of an unknown id 404', async () => {
    const alice = await server.rest('alice')
    const channel = freshChannel()
    await alice.put(at(channel, 'messages', 'one'), { text: 'a' })
    expect((await alice.delete(at(channel, 'messages', 'one'))).status).toBe(204)
    expect((await alice.delete(at(channel, 'messages', 'one'))).status).toBe(204)
    expect((await alice.get<{ head: number }>(`/v1/channels/${channel}`)).body.head).toBe(2)
    const unknown = await alice.delete(at(channel, 'messages', 'two'))
    expect([unknown.status, unknown.code]).toEqual([404, 'not_found'])
  })

  test('[IDM10] PATCH of a tombstone is 410, of an unknown id 404', async () => {
    const alice = await server.rest('alice')
    const channel = freshChannel()
    await alice.put(at(channel, 'messages', 'one'), { text: 'a' })
    await alice.delete(at(channel, 'messages', 'one'))
    const gone = await alice.patch(at(channel, 'messages', 'one'), { text: 'b' })
    expect([gone.status, gone.code]).toEqual([410, 'gone'])
    const unknown = await alice.patch(at(channel, 'messages', 'two'), { text: 'b' })
    expect([unknown.status, unknown.code]).toEqual([404, 'not_found'])
  })

  test('[MOD8, MOD10] writes and single reads have their position in the log', async () => {
    const alice = await server.rest('alice')
    const channel = freshChannel()
    const made = await alice.put<LiveRecord>(at(channel, 'messages', 'one'), { text: 'a' })
    const position = String(made.headers['dovetail-at'])
    expect(position).toMatch(/^[A-Za-z0-9]+\.1$/)
    await alice.put(at(channel, 'messages', 'two'), { text: 'b' })
    const [epoch] = position.split('.')
    const description = await alice.get<{ epoch: string; cursor: string }>(`/v1/channels/${channel}`)
    expect([description.body.epoch, description.body.cursor]).toEqual([epoch, `${epoch}.2`])
    const read = await alice.get(at(channel, 'messages', 'one'))
    expect(read.headers['dovetail-at']).toMatch(new RegExp(`^${epoch}\\.[12]$`))
    const deleted = await alice.delete(at(channel, 'messages', 'one'))
    expect(deleted.headers['dovetail-at']).toBe(`${epoch}.3`)
  })

  test('[MOD11] Dovetail-At as a request header: a read at least from there', async () => {
    const alice = await server.rest('alice')
    const channel = freshChannel()
    const made = await alice.put<LiveRecord>(at(channel, 'messages', 'one'), { text: 'a' })
    const from = { 'dovetail-at': String(made.headers['dovetail-at']) }
    for (const path of [at(channel), at(channel, 'messages', 'one'), `/v1/channels/${channel}`]) {
      expect((await alice.get(path, from)).status).toBe(200)
    }
    const changes = await alice.get<{ to: number }>(`/v1/channels/${channel}/changes?after=0`, from)
    expect(changes.body.to).toBe(1)
  })

  test('[ERR2] invalid data is refused with pointers to its errors', async () => {
    const alice = await server.rest('alice')
    const channel = freshChannel()
    for (const [data, pointer] of [
      [{}, /^(\/text)?$/],
      [{ text: '' }, /^\/text$/],
      [{ text: 7 }, /^\/text$/],
      [[], /^$/],
      ['text', /^$/],
      [null, /^$/],
    ] as const) {
      const refused = await alice.post<Problem>(at(channel), data)
      expect([JSON.stringify(data), refused.status, refused.code]).toEqual([JSON.stringify(data), 422, 'invalid_data'])
      const [error] = refused.body.errors ?? []
      expect(error?.pointer).toMatch(pointer)
      expect(error?.message.length).toBeGreaterThan(3)
    }
    expect((await alice.get<{ head: number }>(`/v1/channels/${channel}`)).body.head).toBe(0)
  })

  test('[ERR2] a patch is validated by its result', async () => {
    const alice = await server.rest('alice')
    const path = at(freshChannel(), 'messages', 'one')
    await alice.put(path, { text: 'a' })
    const refused = await alice.patch<Problem>(path, { text: null })
    expect([refused.status, refused.code]).toEqual([422, 'invalid_data'])
    expect((await alice.get<LiveRecord>(path)).body).toMatchObject({ rev: 1, data: { text: 'a' } })
  })
})
