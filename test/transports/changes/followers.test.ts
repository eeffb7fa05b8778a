import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { PatternReply } from 'dovetail-protocol'
import { demoConfig, start } from 'dovetail-server'
import { describe, expect, onTestFinished, test } from 'vitest'
import { openStream } from '../../support/clients/event-stream.ts'
import { followerOf, heard } from '../../support/clients/pattern-follower.ts'
import type { Rest } from '../../support/clients/rest.ts'
import { at } from '../../support/paths.ts'
import { serverAt, serving, stores } from '../../support/servers/serving.ts'
import { testSecret, tokenFor } from '../../support/servers/token-for.ts'
import { awaitLater } from '../../support/until.ts'

describe.each(stores)('followers of a pattern on %s', (store) => {
  const server = serving({ store })
  const worker = () => server.rest('worker', { role: 'service' })
  const ana = () => server.rest('ana')

  test('[FOL1, FOL4, FOL5] one cursor goes through all channels of the pattern, new ones too, without a gap or a repeat', async () => {
    const [rest, writer] = [await worker(), await ana()]
    await writer.post(at('chat:one-a'), { text: '1' })
    await writer.post(at('chat:other'), { text: '1' })
    const follower = followerOf(rest, 'chat:one-*')
    expect(await follower.heard()).toEqual([])
    await writer.post(at('chat:one-a'), { text: '2' })
    await writer.post(at('chat:one-b'), { text: '1' })
    const page = await follower.poll()
    expect(heard(page)).toEqual(['chat:one-a 1-2', 'chat:one-b 0-1'])
    const texts = page.channels.flatMap((part) => ('changes' in part ? part.changes : [])).map(({ record }) => record)
    expect(texts).toMatchObject([{ data: { text: '2' } }, { data: { text: '1' } }])
    expect(page.more).toBe(false)
    expect(await follower.heard()).toEqual([])
    expect(await followerOf(rest, 'chat:one-*', '0').heard()).toEqual(['chat:one-a 0-2', 'chat:one-b 0-1'])
    // By a body, where the cursor may be of any length.
    const body = { pattern: 'chat:one-*', after: follower.cursor }
    await writer.post(at('chat:one-b'), { text: '2' })
    expect(heard((await rest.post<PatternReply>('/v1/follow', body)).body)).toEqual(['chat:one-b 1-2'])
    expect(heard((await rest.post<PatternReply>('/v1/follow', { pattern: 'chat:one-*' })).body)).toEqual([])
  })

  test('[FOL2] a name is a pattern, * is all channels of all stores; own feeds match none', async () => {
    const [rest, writer] = [await worker(), await ana()]
    await writer.post(at('chat:two'), { text: '1' })
    await writer.post(at('chat:two-more'), { text: '1' })
    await writer.put('/v1/me/channels/chat:two', { read: 1 })
    await rest.put(at('prices:two', 'quotes', 'X'), { symbol: 'X', price: 1 })
    expect(await followerOf(rest, 'chat:two', '0').heard()).toEqual(['chat:two 0-1'])
    const all = await followerOf(rest, '*', '0').poll('&limit=1000')
    const names = all.channels.map(({ channel }) => channel)
    expect(names).toEqual(expect.arrayContaining(['chat:two', 'chat:two-more', 'prices:two']))
    expect(names.filter((name) => name.startsWith('me:'))).toEqual([])
  })

  test('[FOL2] any other pattern is refused', async () => {
    const rest = await worker()
    const codeOf = async (pattern: string) =>
      (await rest.get(`/v1/follow?pattern=${encodeURIComponent(pattern)}`)).code ?? 'ok'
    for (const pattern of ['', '**', 'chat:*a', '*:a', 'chat:a b', ':*', 'chat:**', '-*'])
      expect([pattern, await codeOf(pattern)]).toEqual([pattern, 'invalid_name'])
    for (const pattern of ['nowhere:*', 'nowhere', 'me:*', 'me:ana'])
      expect([pattern, await codeOf(pattern)]).toEqual([pattern, 'not_found'])
    expect((await rest.get('/v1/follow')).code).toBe('invalid_query')
    expect((await rest.post('/v1/follow', {})).code).toBe('invalid_data')
  })

  test('[FOL3] only services and admins follow a pattern, and only what they may read', async () => {
    const path = '/v1/follow?pattern=team:three*'
    expect((await (await server.rest()).get(path)).code).toBe('unauthenticated')
    expect((await (await ana()).get(path)).code).toBe('forbidden')
    expect((await (await server.rest('boss', { role: 'admin' })).get(path)).status).toBe(200)
    await (await ana()).put('/v1/channels/team:three-a', {})
    await (await ana()).put('/v1/channels/team:three-b', {})
    const grants = [{ channel: 'team:three-a', can: [] }]
    const bound = await server.rest('bound', { role: 'service', grants })
    expect(await followerOf(bound, 'team:three*', '0').heard()).toEqual(['team:three-b 0-1'])
    expect(await followerOf(await worker(), 'team:three*', '0').heard()).toEqual([
      'team:three-a 0-1',
      'team:three-b 0-1',
    ])
  })

  test('[FOL4] a text that is no cursor, and a cursor of another pattern, is refused', async () => {
    const rest = await worker()
    const codeOf = async (after: string, pattern = 'chat:*') =>
      (await rest.get(`/v1/follow?pattern=${pattern}&after=${after}`)).code ?? 'ok'
    const { cursor } = await followerOf(rest, 'chat:*').poll()
    expect(await codeOf(cursor)).toBe('ok')
    expect(await codeOf(cursor, 'chat:a*')).toBe('invalid_cursor')
    for (const after of ['', 'x', '1', '1AAAA', `${cursor.slice(0, -3)}`, `2${cursor.slice(1)}`, 'abc.12'])
      expect([after, await codeOf(after)]).toEqual([after, 'invalid_cursor'])
  })

  test('[FOL6] a channel that was deleted and made anew begins again, with a reset', async () => {
    const [rest, writer] = [await worker(), await ana()]
    const boss = await server.rest('boss', { role: 'admin' })
    await writer.post(at('chat:six'), { text: '1' })
    await writer.post(at('chat:six'), { text: '2' })
    const follower = followerOf(rest, 'chat:six*')
    await follower.poll()
    await boss.delete('/v1/channels/chat:six')
    await writer.post(at('chat:six'), { text: 'anew' })
    expect(await follower.heard()).toEqual(['chat:six epoch 0-1'])
    expect(await follower.heard()).toEqual([])
  })

  test('[FOL7] the end of a channel is told once; the channel begins again where it is there again', async () => {
    const [rest, writer] = [await worker(), await ana()]
    const boss = await server.rest('boss', { role: 'admin' })
    await writer.post(at('chat:seven'), { text: '1' })
    await writer.put('/v1/channels/team:seven', {})
    const [follower, ofTeam] = [followerOf(rest, 'chat:seven*'), followerOf(rest, 'team:seven*')]
    await follower.poll()
    await ofTeam.poll()
    await boss.delete('/v1/channels/chat:seven')
    expect(await follower.heard()).toEqual(['chat:seven deleted'])
    expect(await follower.heard()).toEqual([])
    await writer.post(at('chat:seven'), { text: 'anew' })
    expect(await follower.heard()).toEqual(['chat:seven 0-1'])
    await writer.put(at('team:seven', 'members', 'worker'), { user: 'worker', role: 'banned' })
    expect(await ofTeam.heard()).toEqual(['team:seven forbidden'])
    expect(await ofTeam.heard()).toEqual([])
    await writer.delete(at('team:seven', 'members', 'worker'))
    expect(await ofTeam.heard()).toEqual(['team:seven 0-3'])
  })

  test('[FOL8] pages are bounded, and a busy channel does not keep the others waiting', async () => {
    const [rest, writer] = [await worker(), await ana()]
    for (const text of ['1', '2', '3', '4', '5']) await writer.post(at('chat:eight-a'), { text })
    for (const name of ['b', 'c']) await writer.post(at(`chat:eight-${name}`), { text: '1' })
    const follower = followerOf(rest, 'chat:eight-*', '0')
    const first = await follower.poll('&limit=2')
    expect([heard(first), first.more]).toEqual([['chat:eight-a 0-2'], true])
    expect(await follower.heard('&limit=2')).toEqual(['chat:eight-b 0-1', 'chat:eight-c 0-1'])
    expect(await follower.heard('&limit=2')).toEqual(['chat:eight-a 2-4'])
    const last = await follower.poll('&limit=2')
    expect([heard(last), last.more]).toEqual([['chat:eight-a 4-5'], false])
  })

  test('[FOL10] a long-poll answers when a channel of the pattern changes, or is made, and not for others', async () => {
    const [rest, writer] = [await worker(), await ana()]
    const follower = followerOf(rest, 'chat:ten-*')
    await follower.poll()
    const first = awaitLater(follower.heard('&wait=30'))
    await writer.post(at('chat:other-ten'), { text: '1' })
    await writer.post(at('chat:ten-a'), { text: '1' })
    expect(await first).toEqual(['chat:ten-a 0-1'])
    const second = awaitLater(follower.heard('&wait=30'))
    await writer.post(at('chat:ten-a'), { text: '2' })
    expect(await second).toEqual(['chat:ten-a 1-2'])
    const third = await follower.poll('&wait=1')
    expect([third.channels, third.more]).toEqual([[], false])
  })

  test('[FOL11] a stream begins with an event, tells what changes, and goes on from the last id', async () => {
    const writer = await ana()
    await writer.post(at('chat:eleven-a'), { text: '1' })
    const token = await tokenFor('worker', { role: 'service' })
    const open = async (headers = {}) => {
      const stream = await openStream({ port: server.port, path: '/v1/follow?pattern=chat:eleven-*', token, headers })
      onTestFinished(() => stream.close())
      const next = async () => heard((await stream.next('followed')).data as unknown as PatternReply)
      return { stream, next }
    }
    const { stream, next } = await open()
    expect(await next()).toEqual([])
    await writer.post(at('chat:eleven-a'), { text: '2' })
    expect(await next()).toEqual(['chat:eleven-a 1-2'])
    await writer.post(at('chat:eleven-b'), { text: '1' })
    expect(await next()).toEqual(['chat:eleven-b 0-1'])
    expect(stream.text()).toMatch(/^retry: [0-9]+\nevent: followed\nid: 1/)
    const [, second] = stream.events('followed')
    expect(second?.id).toBe(second?.data.cursor)
    stream.close()
    const again = await open({ 'last-event-id': String(second?.id) })
    expect(await again.next()).toEqual(['chat:eleven-b 0-1'])
    expect((await openStream({ port: server.port, path: '/v1/follow?pattern=chat:*' })).status).toBe(401)
  })
})

describe('a follower that goes on after a restart of the server', () => {
  test('[FOL4, FOL6] its cursor counts on; what memory namespaces lost begins again', async () => {
    const data = await mkdtemp(join(tmpdir(), 'dovetail-followers-'))
    onTestFinished(() => rm(data, { recursive: true, force: true }))
    const served = async <Result>(use: (rest: Rest) => Promise<Result>): Promise<Result> => {
      const options = { config: demoConfig, port: 0, data, secret: testSecret, webRoot: null, drainSeconds: 0 }
      const running = await start({ ...options, log: 'fatal' })
      const server = serverAt(running.port)
      try {
        return await use(await server.rest('worker', { role: 'service' }))
      } finally {
        await server.stop()
        await running.stop()
      }
    }
    const write = async (rest: Rest) => {
      expect((await rest.post(at('chat:a'), { text: 'x' })).status).toBe(201)
      expect(
        (await rest.put(at('prices:a', 'quotes', 'X'), { symbol: 'X', price: Math.random() })).status,
      ).toBeLessThan(202)
    }
    const { cursor } = await served(async (rest) => {
      await write(rest)
      await write(rest)
      return followerOf(rest, '*').poll()
    })
    await served(async (rest) => {
      await write(rest)
      expect(await followerOf(rest, '*', cursor).heard()).toEqual(['chat:a 2-3', 'prices:a epoch 0-1'])
    })
  })
})

describe('a follower and tombstones that are kept for a moment', () => {
  const server = serving({ retainMs: 100 })

  test('[FOL6] a channel whose tombstones were purged begins again, with a reset', { timeout: 60_000 }, async () => {
    const [rest, writer] = [await server.rest('worker', { role: 'service' }), await server.rest('ana')]
    await writer.put(at('chat:a', 'messages', 'gone'), { text: 'a' })
    await writer.put(at('chat:a', 'messages', 'kept'), { text: 'b' })
    const follower = followerOf(rest, 'chat:*')
    const { cursor } = await follower.poll()
    await writer.delete(at('chat:a', 'messages', 'gone'))
    const again = async () => heard((await rest.get<PatternReply>(`/v1/follow?pattern=chat:*&after=${cursor}`)).body)
    await expect.poll(again, { timeout: 30_000, interval: 50 }).toEqual(['chat:a expired 0-3'])
  })

  test('[FOL5, FOL6] a log whose tombstones were purged is read from its beginning in pages; a later purge is a reset', {
    timeout: 60_000,
  }, async () => {
    const [rest, writer] = [await server.rest('worker', { role: 'service' }), await server.rest('ana')]
    for (const id of ['a', 'b', 'c', 'gone']) await writer.put(at('chat:paged', 'messages', id), { text: id })
    const purged = async (rev: number) => {
      const made = await writer.get<{ epoch: string }>('/v1/channels/chat:paged')
      const poll = () => writer.get(`/v1/channels/chat:paged/changes?after=${made.body.epoch}.${rev}`)
      await expect.poll(async () => (await poll()).status, { timeout: 30_000, interval: 50 }).toBe(410)
    }
    await writer.delete(at('chat:paged', 'messages', 'gone'))
    await purged(4)
    const follower = followerOf(rest, 'chat:paged', '0')
    const pages: string[] = []
    for (let more = true; more && pages.length < 10; ) {
      const page = await follower.poll('&limit=1')
      pages.push(...heard(page))
      more = page.more
    }
    expect(pages).toEqual(['chat:paged 0-1', 'chat:paged 1-2', 'chat:paged 2-5'])
    const second = followerOf(rest, 'chat:paged', '0')
    expect(await second.heard('&limit=1')).toEqual(['chat:paged 0-1'])
    await writer.delete(at('chat:paged', 'messages', 'a'))
    await purged(5)
    expect(await second.heard()).toEqual(['chat:paged expired 0-6'])
  })
})
