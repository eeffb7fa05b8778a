import type { ChannelDescription, ChannelList, LiveRecord, Page, Problem } from 'dovetail-protocol'
import { describe, expect, test } from 'vitest'
import { at, freshChannel } from '../../support/paths.ts'
import { serving, stores } from '../../support/servers/serving.ts'

describe.each(stores)('channels, %s store', (store) => {
  const server = serving({ store })
  const path = (channel: string) => `/v1/channels/${channel}`

  test('[RST3, MOD1] a channel has its name, namespace, epoch, head and collections', async () => {
    const alice = await server.rest('alice')
    const channel = freshChannel()
    await alice.post(at(channel), { text: 'a' })
    await alice.post(at(channel, 'reactions'), { message: 'm', emoji: '+' })
    const described = (await alice.get<ChannelDescription>(path(channel))).body
    expect(described).toMatchObject({ name: channel, namespace: 'chat', head: 2 })
    expect(described.epoch).toMatch(/^[A-Za-z0-9]+$/)
    expect(described.cursor).toBe(`${described.epoch}.2`)
    expect(described.collections).toEqual(expect.arrayContaining(['messages', 'reactions']))
    expect(described.readers).toBeTypeOf('number')
    expect([described.visibility, described.title]).toEqual(['public', undefined])
    const titled = await alice.put<ChannelDescription>(path(freshChannel('team')), { title: 'The team' })
    expect(titled.body).toMatchObject({ visibility: 'private', title: 'The team' })
    expect(Date.parse(String(described.createdAt))).toBeGreaterThan(0)
  })

  test('[RST3] readers counts who follows it', async () => {
    const channel = freshChannel()
    const alice = await server.rest('alice')
    await alice.post(at(channel), { text: 'a' })
    const [one, two] = await Promise.all([server.connect('alice'), server.connect()])
    await Promise.all([one.subscribe(channel), two.subscribe(channel)])
    expect((await alice.get<ChannelDescription>(path(channel))).body.readers).toBe(2)
    await two.ok('unsubscribe', { channel })
    expect((await alice.get<ChannelDescription>(path(channel))).body.readers).toBe(1)
  })

  test('[RST4] a channel that nobody wrote to has no epoch, head 0 and cursor 0', async () => {
    const nobody = await server.rest()
    const channel = freshChannel()
    const described = await nobody.get<ChannelDescription>(path(channel))
    expect(described.status).toBe(200)
    expect(described.body).toMatchObject({ name: channel, namespace: 'chat', epoch: null, head: 0, cursor: '0' })
  })

  test('[RST5, RST6] PUT creates once; the maker becomes owner', async () => {
    const alice = await server.rest('alice')
    const channel = freshChannel('team')
    const made = await alice.put<ChannelDescription>(path(channel), { visibility: 'private', title: 'Us' })
    expect(made.status).toBe(201)
    expect(made.body).toMatchObject({ name: channel, namespace: 'team' })
    const members = (await alice.get<Page>(at(channel, 'members'))).body.records
    expect(members.map(({ data }) => data)).toEqual([expect.objectContaining({ user: 'alice', role: 'owner' })])
    const kept = await alice.put<ChannelDescription>(path(channel), { visibility: 'private' })
    expect([kept.status, kept.body.epoch]).toEqual([200, made.body.epoch])
    expect((await alice.get<Page>(at(channel, 'members'))).body.records).toHaveLength(1)
  })

  test('[RST5, ERR6] a title with broken text is invalid_text', async () => {
    const alice = await server.rest('alice')
    for (const title of ['a\u0000b', '\ud800']) {
      const refused = await alice.put<Problem>(`/v1/channels/${freshChannel()}`, { title })
      expect([refused.status, refused.code]).toEqual([422, 'invalid_text'])
    }
  })

  test('[RST5] a body that does not fit is invalid_data', async () => {
    const alice = await server.rest('alice')
    for (const body of [{ visibility: 'secret' }, { title: 7 }, []]) {
      const refused = await alice.put(path(freshChannel('team')), body)
      expect([refused.status, refused.code]).toEqual([422, 'invalid_data'])
    }
  })

  test('[RST7, WSK22, MOD7] DELETE ends the readers; a later channel of that name has a new epoch', async () => {
    const owner = await server.rest('olga')
    const channel = freshChannel('team')
    await owner.put(path(channel), { visibility: 'private' })
    const first = await owner.post<LiveRecord>(at(channel), { text: 'a' })
    const socket = await server.connect('olga')
    const subscribed = await socket.subscribe(channel)
    const deleted = await owner.delete(path(channel))
    expect([deleted.status, deleted.text]).toEqual([204, ''])
    expect(await socket.next('ended')).toEqual({ op: 'ended', channel, reason: 'deleted' })
    const again = await owner.put<ChannelDescription>(path(channel), { visibility: 'private' })
    expect(again.status).toBe(201)
    expect(again.body.epoch).not.toBe(subscribed.epoch)
    expect((await owner.get<Page>(at(channel))).body.records).toEqual([])
    expect((await owner.get(at(channel, 'messages', first.body.id))).status).toBe(404)
    const stale = await owner.get<{ reason: string }>(`${path(channel)}/changes?after=${subscribed.cursor}`)
    expect([stale.status, stale.body.reason]).toEqual([410, 'epoch'])
  })

  test('[RST7] DELETE of a channel that does not exist is 404', async () => {
    const admin = await server.rest('root', { role: 'admin' })
    const refused = await admin.delete(path(freshChannel()))
    expect([refused.status, refused.code]).toEqual([404, 'not_found'])
  })

  test('[MOD7] no two channels share an epoch', async () => {
    const alice = await server.rest('alice')
    const epochs = new Set<string>()
    for (let n = 0; n < 10; n++) {
      const made = await alice.post(at(freshChannel()), { text: 'a' })
      epochs.add(String(made.headers['dovetail-at']).split('.')[0] ?? '')
    }
    expect(epochs.size).toBe(10)
  })

  test.each([
    '/v1/channels?prefix=%00',
    '/v1/channels?after=a%00',
    '/v1/channels?prefix=%ed%a0%80',
    `/v1/channels?prefix=${'a'.repeat(129)}`,
    '/v1/me/channels?after=%00',
    '/v1/channels/chat:a/presence?after=a%2fb',
  ])('[LIM18] %.40s is refused: no name holds it, and not every store takes it', async (path) => {
    const alice = await server.rest('alice')
    const refused = await alice.get(path)
    expect([refused.status, refused.code]).toEqual([400, 'invalid_query'])
  })

  test('[RST2] the list holds what the caller may read, by prefix, in pages', async () => {
    const alice = await server.rest('alice')
    const names = ['chat:list-a', 'chat:list-b', 'chat:list-c', 'team:list-x']
    for (const name of names.slice(0, 3)) await alice.post(at(name), { text: 'a' })
    await alice.put(path('team:list-x'), { visibility: 'private' })
    const listed = async (query: string, rest = alice) =>
      (await rest.get<ChannelList>(`/v1/channels?${query}`)).body.channels.map(({ name }) => name)
    expect(await listed('prefix=chat:list-')).toEqual(names.slice(0, 3))
    expect(await listed('prefix=team:list-')).toEqual(['team:list-x'])
    expect(await listed('prefix=team:list-', await server.rest('bob'))).toEqual([])
    expect(await listed('prefix=team:list-', await server.rest())).toEqual([])
    const first = (await alice.get<ChannelList>('/v1/channels?prefix=chat:list-&limit=2')).body
    expect(first.channels.map(({ name }) => name)).toEqual(names.slice(0, 2))
    const second = (await alice.get<ChannelList>(`/v1/channels?prefix=chat:list-&limit=2&after=${first.after}`)).body
    expect([second.channels.map(({ name }) => name), second.after]).toEqual([['chat:list-c'], null])
    expect((await alice.get('/v1/channels?limit=0')).code).toBe('invalid_query')
  })

  test('[NAM2] without a colon the namespace is the whole name', async () => {
    const alice = await server.rest('alice')
    const made = await alice.post(at('chat'), { text: 'a' })
    expect(made.status).toBe(201)
    expect((await alice.get<ChannelDescription>(path('chat'))).body).toMatchObject({ name: 'chat', namespace: 'chat' })
    const deep = 'chat:a:b'
    await alice.post(at(deep), { text: 'a' })
    expect((await alice.get<ChannelDescription>(path(deep))).body.namespace).toBe('chat')
  })

  test('[NAM6] names compare byte by byte', async () => {
    const alice = await server.rest('alice')
    await alice.post(at('chat:Room'), { text: 'upper' })
    await alice.put(at('chat:room', 'messages', 'One'), { text: 'lower' })
    expect((await alice.get<Page>(at('chat:Room'))).body.records).toHaveLength(1)
    expect((await alice.get(at('chat:room', 'messages', 'one'))).status).toBe(404)
    expect((await alice.get(at('Chat:room'))).code).toBe('not_found')
  })
})
