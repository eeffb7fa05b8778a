import type { ChangesReply, Page, Problem } from 'dovetail-protocol'
import { describe, expect, test } from 'vitest'
import type { Rest } from '../../support/clients/rest.ts'
import { emptyView, fold, foldAll, living } from '../../support/fold.ts'
import { at, freshChannel } from '../../support/paths.ts'
import { serving, stores } from '../../support/servers/serving.ts'

const changesPath = (channel: string) => `/v1/channels/${channel}/changes`

/** Reads from a cursor to the head, in as many replies as it takes. */
async function readOn(rest: Rest, channel: string, after: string, limit = 500): Promise<ChangesReply[]> {
  const replies: ChangesReply[] = []
  let cursor = after
  for (;;) {
    const answer = await rest.get<ChangesReply>(`${changesPath(channel)}?after=${cursor}&limit=${limit}`)
    expect([answer.status, answer.text.slice(0, 200)]).toEqual([200, expect.anything()])
    replies.push(answer.body)
    cursor = answer.body.cursor
    if (!answer.body.more) return replies
  }
}

describe.each(stores)('changes over HTTP, %s store', (store) => {
  const server = serving({ store })

  test('[RDG1, MOD12] the reply has its range, and each change its record', async () => {
    const alice = await server.rest('alice')
    const channel = freshChannel()
    await alice.put(at(channel, 'messages', 'one'), { text: 'a' })
    await alice.put(at(channel, 'messages', 'two'), { text: 'b' })
    const start = (await alice.get<Page>(at(channel))).body.cursor
    await alice.put(at(channel, 'messages', 'three'), { text: 'c' })
    await alice.patch(at(channel, 'messages', 'one'), { text: 'A' })
    await alice.delete(at(channel, 'messages', 'two'))
    const { body } = await alice.get<ChangesReply>(`${changesPath(channel)}?after=${start}`)
    const epoch = String(start).split('.')[0]
    expect(body).toMatchObject({ channel, from: 2, to: 5, cursor: `${epoch}.5`, more: false })
    const seen = body.changes.map(({ collection, record: { id, pos, rev, ...rest } }) => [
      collection,
      id,
      pos,
      rev,
      'deleted' in rest,
    ])
    expect(seen).toEqual([
      ['messages', 'three', 3, 3, false],
      ['messages', 'one', 1, 4, false],
      ['messages', 'two', 2, 5, true],
    ])
  })

  test('[RDG4, MOD8] after=0 gives everything', async () => {
    const alice = await server.rest('alice')
    const channel = freshChannel()
    for (let n = 1; n <= 3; n++) await alice.post(at(channel), { text: `${n}` })
    const { body } = await alice.get<ChangesReply>(`${changesPath(channel)}?after=0`)
    expect([body.from, body.to, body.changes.length, body.more]).toEqual([0, 3, 3, false])
    const empty = await alice.get<ChangesReply>(`${changesPath(freshChannel())}?after=0`)
    expect(empty.body).toMatchObject({ from: 0, to: 0, cursor: '0', changes: [], more: false })
  })

  test('[RDG3] without after, reads from now', async () => {
    const alice = await server.rest('alice')
    const channel = freshChannel()
    await alice.post(at(channel), { text: 'a' })
    const now = (await alice.get<ChangesReply>(changesPath(channel))).body
    expect(now).toMatchObject({ from: 1, to: 1, changes: [], more: false })
    await alice.post(at(channel), { text: 'b' })
    const next = (await alice.get<ChangesReply>(`${changesPath(channel)}?after=${now.cursor}`)).body
    expect([next.from, next.to, next.changes.length]).toEqual([1, 2, 1])
  })

  test('[RDG1, PRM2, LIM8] replies join without a gap, whatever the limit', async () => {
    const alice = await server.rest('alice')
    const channel = freshChannel()
    for (let n = 0; n < 25; n++) await alice.put(at(channel, 'messages', `m${n % 18}`), { text: `${n}` })
    for (const limit of [1, 4, 7, 500]) {
      const replies = await readOn(alice, channel, '0', limit)
      for (const reply of replies) expect(reply.changes.length).toBeLessThanOrEqual(limit)
      const view = foldAll(emptyView(), replies)
      expect(view.rev).toBe(25)
      expect(living(view, 'messages')).toEqual((await alice.get<Page>(at(channel))).body.records)
    }
  })

  test('[PRM3, MOD12] states in between are folded: each record once, in its latest state', async () => {
    const alice = await server.rest('alice')
    const channel = freshChannel()
    const path = at(channel, 'messages', 'one')
    for (let n = 1; n <= 5; n++) await alice.put(path, { text: `${n}` })
    await alice.put(at(channel, 'messages', 'two'), { text: 'b' })
    await alice.delete(path)
    const { body } = await alice.get<ChangesReply>(`${changesPath(channel)}?after=0`)
    expect(body.changes.map(({ record }) => [record.id, record.pos, record.rev])).toEqual([
      ['two', 6, 6],
      ['one', 1, 7],
    ])
  })

  test('[PRM1, PRM4] a page and what follows its cursor equal a fresh page', async () => {
    const alice = await server.rest('alice')
    const channel = freshChannel()
    for (let n = 0; n < 10; n++) await alice.put(at(channel, 'messages', `m${n}`), { text: `${n}` })
    const page = (await alice.get<Page>(at(channel))).body
    const [epoch, rev] = String(page.cursor).split('.')
    const held = new Map(page.records.map((record) => [`messages/${record.id}`, record]))
    for (let n = 0; n < 10; n++) {
      if (n % 3 === 0) await alice.delete(at(channel, 'messages', `m${n}`))
      else await alice.put(at(channel, 'messages', `m${n * 2}`), { text: 'changed' })
    }
    const replies = await readOn(alice, channel, String(page.cursor), 3)
    const view = foldAll({ epoch: epoch ?? null, rev: Number(rev), records: held }, replies)
    const fresh = (await alice.get<Page>(at(channel))).body
    expect(living(view, 'messages')).toEqual(fresh.records)
    expect(replies.at(-1)?.cursor).toBe(fresh.cursor)
  })

  test('[RDG2] if nothing is new, the ETag answers 304', async () => {
    const alice = await server.rest('alice')
    const channel = freshChannel()
    await alice.post(at(channel), { text: 'a' })
    const head = (await alice.get<Page>(at(channel))).body.cursor
    const path = `${changesPath(channel)}?after=${head}`
    const first = await alice.get(path)
    const tag = String(first.headers.etag)
    const same = await alice.get(path, { 'if-none-match': tag })
    expect([first.status, same.status, same.text]).toEqual([200, 304, ''])
    await alice.post(at(channel), { text: 'b' })
    const fresh = await alice.get<ChangesReply>(path, { 'if-none-match': tag })
    expect([fresh.status, fresh.body.changes.length]).toEqual([200, 1])
  })

  test.each([
    '',
    'x',
    '-1',
    '1',
    '00',
    'abc.',
    '.5',
    'abc.-1',
    'abc.1.2',
    'abc.01',
    'a_b.1',
    'abc.9007199254740993',
    'é.1',
    'abc.1e3',
  ])('[RDG5] the cursor "%s" is invalid_cursor over both transports', async (cursor) => {
    const alice = await server.rest('alice')
    const socket = await server.connect('alice')
    const channel = freshChannel()
    await alice.post(at(channel), { text: 'a' })
    const refused = await alice.get(`${changesPath(channel)}?after=${encodeURIComponent(cursor)}`)
    expect([refused.status, refused.code]).toEqual([400, 'invalid_cursor'])
    expect((await socket.refused('subscribe', { channel, after: cursor })).code).toBe('invalid_cursor')
  })

  test('[RDG6, PRM5] a cursor of another epoch, or ahead of the log, is reset', async () => {
    const alice = await server.rest('alice')
    const channel = freshChannel()
    await alice.post(at(channel), { text: 'a' })
    const head = String((await alice.get<Page>(at(channel))).body.cursor)
    const [epoch] = head.split('.')
    for (const [cursor, reason] of [
      ['Stranger1.1', 'epoch'],
      [`${epoch}.2`, 'ahead'],
      [`${epoch}.900000`, 'ahead'],
    ] as const) {
      const reset = await alice.get<Problem>(`${changesPath(channel)}?after=${cursor}`)
      expect([reset.status, reset.code, reset.body.reason, reset.body.cursor]).toEqual([410, 'reset', reason, head])
    }
    const unborn = await alice.get<Problem>(`${changesPath(freshChannel())}?after=Stranger1.1`)
    expect([unborn.status, unborn.body.reason, unborn.body.cursor]).toEqual([410, 'epoch', '0'])
  })

  test.each(['limit=0', 'limit=1001', 'limit=x'])('[LIM8, LIM18] %s is invalid_query', async (query) => {
    const alice = await server.rest('alice')
    const refused = await alice.get(`${changesPath(freshChannel())}?after=0&${query}`)
    expect([refused.status, refused.code]).toEqual([400, 'invalid_query'])
  })

  test('[LIM8] 500 changes by default, up to 1,000 with a limit', { timeout: 120_000 }, async () => {
    const backend = await server.rest('backend', { role: 'service' })
    const channel = freshChannel()
    for (let n = 0; n < 1010; n += 101) {
      await Promise.all(Array.from({ length: 101 }, (_, m) => backend.post(at(channel), { text: `${n + m}` })))
    }
    const byDefault = (await backend.get<ChangesReply>(`${changesPath(channel)}?after=0`)).body
    expect([byDefault.changes.length, byDefault.to, byDefault.more]).toEqual([500, 500, true])
    const most = (await backend.get<ChangesReply>(`${changesPath(channel)}?after=0&limit=1000`)).body
    expect([most.changes.length, most.to, most.more]).toEqual([1000, 1000, true])
  })

  test('[LIM9] no reply is over 1 MiB', { timeout: 60_000 }, async () => {
    const alice = await server.rest('alice')
    const channel = freshChannel()
    for (let n = 1; n <= 40; n++) await alice.post(at(channel), { text: `${n}`, ballast: 'x'.repeat(59_000) })
    const replies: ChangesReply[] = []
    let cursor = '0'
    do {
      const answer = await alice.get<ChangesReply>(`${changesPath(channel)}?after=${cursor}`)
      expect(Buffer.byteLength(answer.text)).toBeLessThanOrEqual(1_048_576)
      replies.push(answer.body)
      cursor = answer.body.cursor
    } while (replies.at(-1)?.more === true)
    expect(foldAll(emptyView(), replies).records.size).toBe(40)
  })

  test('[PRM1] a cursor from one transport is valid on every other', async () => {
    const alice = await server.rest('alice')
    const socket = await server.connect('alice')
    const channel = freshChannel()
    await alice.post(at(channel), { text: '1' })
    const page = (await alice.get<Page>(at(channel))).body.cursor
    const poll = (await alice.get<ChangesReply>(changesPath(channel))).body.cursor
    const described = (await alice.get<{ cursor: string }>(`/v1/channels/${channel}`)).body.cursor
    const subscribed = await socket.subscribe(channel)
    expect([poll, described, subscribed.cursor]).toEqual([page, page, page])
    await alice.post(at(channel), { text: '2' })
    const [frame] = await socket.reached(channel, 2)
    expect(frame).toMatchObject({ from: 1, to: 2 })
    const { body } = await alice.get<ChangesReply>(`${changesPath(channel)}?after=${subscribed.cursor}`)
    expect(body.changes).toEqual(frame?.changes)
    expect((await alice.get<Page>(at(channel))).body.cursor).toBe(`${subscribed.epoch}.${frame?.to}`)
  })

  test('[MOD9, C5] the cursor of a frame is where a poll and another socket go on', async () => {
    const alice = await server.rest('alice')
    const socket = await server.connect('alice')
    const channel = freshChannel()
    await alice.post(at(channel), { text: '1' })
    await socket.subscribe(channel)
    await alice.post(at(channel), { text: '2' })
    const cursor = (await socket.reached(channel, 2)).at(-1)?.cursor
    await alice.post(at(channel), { text: '3' })
    const { body } = await alice.get<ChangesReply>(`${changesPath(channel)}?after=${cursor}`)
    expect([body.from, body.to, body.changes.length]).toEqual([2, 3, 1])
    const another = await server.connect('alice')
    await another.subscribe(channel, { after: String(cursor) })
    expect((await another.reached(channel, 3))[0]).toMatchObject({ from: 2, to: 3 })
  })

  test('[JOI3, JOI4, JOI5] a client drops older ranges, cuts overlapping ones and sees gaps', () => {
    const change = (id: string, rev: number) => ({
      collection: 'messages',
      record: { id, pos: 1, rev, deleted: true as const },
    })
    const view = { ...emptyView('E', 10), records: new Map([['messages/a', change('a', 9).record]]) }
    expect(fold(view, { from: 5, to: 10, changes: [change('a', 6)] })).toEqual({ outcome: 'dropped', view })
    const cut = fold(view, { from: 8, to: 12, changes: [change('b', 9), change('c', 11)] })
    expect(cut).toMatchObject({ outcome: 'taken', view: { rev: 12 } })
    expect(cut.outcome === 'taken' && [...cut.view.records.keys()]).toEqual(['messages/a', 'messages/c'])
    expect(fold(view, { from: 11, to: 12, changes: [] })).toEqual({ outcome: 'gap' })
  })
})
