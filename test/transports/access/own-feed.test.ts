/** The feed of one's own: who is told of a membership or of a read marker, and who is not. */
import type { ChannelList, LiveRecord, MyChannelList } from 'dovetail-protocol'
import { describe, expect, onTestFinished, test } from 'vitest'
import { emptyView, foldAll, living } from '../../support/fold.ts'
import { at, freshChannel } from '../../support/paths.ts'
import { serving, startServer, stores } from '../../support/servers/serving.ts'
import { readTransports } from '../../support/transports/channel-readers.ts'

const member = (user: string, role = 'member') => ({ user, role })

describe.each(stores)('own feeds, %s store', (store) => {
  const server = serving({ store })
  let users = 0
  const freshUser = () => `user-${store}-${++users}+x`
  const feedOf = (user: string) => `me:${user.replaceAll('+', '~')}`

  /** What the feed holds after its newest change up to `rev`. */
  async function feedAt(user: string, rev: number, transport = readTransports[0]) {
    const reading = await transport?.start(server, { channel: feedOf(user), after: '0', user })
    onTestFinished(() => reading?.close())
    const view = foldAll(emptyView(), (await reading?.reached(rev)) ?? [])
    const data = (collection: string) => living(view, collection).map((record) => (record as LiveRecord).data)
    return { memberships: data('memberships'), markers: data('markers') }
  }

  test.each(readTransports)(
    '[N24, OWN1, OWN2] who is added to a private channel hears of it while following, by $name',
    async (transport) => {
      const [ann, bob] = [await server.rest('ann'), freshUser()]
      const reading = await transport.start(server, { channel: feedOf(bob), user: bob })
      onTestFinished(() => reading.close())
      const channel = freshChannel('dm')
      await ann.put(`/v1/channels/${channel}`, {})
      await ann.post(at(channel, 'members'), member(bob))
      const view = foldAll(emptyView(), await reading.reached(1))
      expect(living(view, 'memberships').map(({ id }) => id)).toEqual([channel])
    },
  )

  test.each(readTransports)(
    '[N25, OWN3] a read marker that moved is told to the other connections of its user, by $name',
    async (transport) => {
      const user = freshUser()
      const channel = freshChannel()
      const [ann, reader] = [await server.rest('ann'), await server.rest(user)]
      for (const text of ['one', 'two']) await ann.post(at(channel), { text })
      const reading = await transport.start(server, { channel: feedOf(user), user })
      onTestFinished(() => reading.close())
      await reader.put(`/v1/me/channels/${channel}`, { read: 1 })
      await reading.reached(1)
      await reader.put(`/v1/me/channels/${channel}`, { read: 1 })
      await reader.put(`/v1/me/channels/${channel}`, { read: 2 })
      const view = foldAll(emptyView(), await reading.reached(2))
      expect(living(view, 'markers').map((record) => (record as LiveRecord).data)).toMatchObject([{ channel, read: 2 }])
    },
  )

  test('[OWN2] a role that changes, a membership that ends and a channel that is deleted are told', async () => {
    const [ann, bob] = [await server.rest('ann'), freshUser()]
    const [plans, gone] = [freshChannel('team'), freshChannel('team')]
    const idOf = bob.replaceAll('+', '~')
    for (const channel of [plans, gone]) await ann.put(`/v1/channels/${channel}`, {})
    await ann.post(at(plans, 'members'), member(bob))
    await feedAt(bob, 1)
    await ann.patch(at(plans, 'members', idOf), { role: 'moderator' })
    expect((await feedAt(bob, 2)).memberships).toEqual([{ channel: plans, role: 'moderator' }])
    await ann.post(at(gone, 'members'), member(bob))
    await feedAt(bob, 3)
    await ann.delete(at(plans, 'members', idOf))
    expect((await feedAt(bob, 4)).memberships).toEqual([{ channel: gone, role: 'member' }])
    expect((await ann.delete(`/v1/channels/${gone}`)).status).toBe(204)
    expect((await feedAt(bob, 5)).memberships).toEqual([])
  })

  test('[OWN1] nobody else reads a feed, whatever their grants, and only the server writes one', async () => {
    const user = freshUser()
    const feed = feedOf(user)
    const channel = freshChannel()
    const own = await server.rest(user)
    await own.post(at(channel), { text: 'hi' })
    await own.put(`/v1/me/channels/${channel}`, { read: 1 })
    const grants = [{ channel: '*', can: ['read', 'write', 'manage', 'signal'] as const }]
    const others = [
      await server.rest(),
      await server.rest('eve'),
      await server.rest('eve', { grants }),
      await server.rest('root', { role: 'admin' }),
      await server.rest('backend', { role: 'service' }),
    ]
    for (const other of others) {
      expect((await other.get(`/v1/channels/${feed}/changes?after=0`)).code).toBe('not_found')
      expect((await other.get(at(feed, 'markers'))).code).toBe('not_found')
      expect((await other.post(at(feed, 'markers'), { read: 9 })).code).toBe('not_found')
    }
    expect((await own.get(at(feed, 'markers', channel))).body).toMatchObject({ data: { channel, read: 1 } })
    expect((await own.post(at(feed, 'markers'), { read: 9 })).code).toBe('forbidden')
    expect((await own.put(at(feed, 'markers', channel), { read: 9 })).code).toBe('forbidden')
    expect((await own.delete(at(feed, 'markers', channel))).code).toBe('forbidden')
    expect((await own.delete(`/v1/channels/${feed}`)).code).toBe('forbidden')
    expect((await own.post(`/v1/channels/${feed}/signals`, { type: 'x', data: 1 })).code).toBe('forbidden')
  })

  test('[OWN1, OWN5] a feed has no read marker, which would list it among the channels', async () => {
    const ann = await server.rest('ann-marks')
    const channel = freshChannel()
    await ann.put(`/v1/channels/${channel}`, {})
    const marked = await ann.put('/v1/me/channels/me:ann-marks', { read: 1 })
    expect([marked.status, marked.code]).toEqual([403, 'forbidden'])
    const mine = await ann.get<{ channels: { channel: string }[] }>('/v1/me/channels')
    expect(mine.body.channels.map((each) => each.channel)).toEqual([channel])
    expect((await ann.put('/v1/me/channels/me:somebody', { read: 1 })).code).toBe('not_found')
  })

  test('[OWN5] a feed is in no list of channels', async () => {
    const user = freshUser()
    const channel = freshChannel()
    const own = await server.rest(user)
    await own.post(at(channel), { text: 'hi' })
    await own.put(`/v1/me/channels/${channel}`, { read: 1 })
    const listed = (await own.get<ChannelList>('/v1/channels?prefix=me:')).body.channels
    const mine = (await own.get<MyChannelList>('/v1/me/channels')).body.channels
    expect([listed.map(({ name }) => name), mine.map(({ name }) => name)]).toEqual([[], [channel]])
  })

  test('[OWN4] memory namespaces are not told of', async () => {
    const user = freshUser()
    const [game, chat] = [freshChannel('game'), freshChannel()]
    const own = await server.rest(user)
    for (const [channel, collection, data] of [
      [game, 'entities', { kind: 'ship' }],
      [chat, 'messages', { text: 'hi' }],
    ] as const) {
      await own.post(at(channel, collection), data)
      await own.put(`/v1/me/channels/${channel}`, { read: 1 })
    }
    expect((await feedAt(user, 1)).markers).toMatchObject([{ channel: chat, read: 1 }])
  })
})

test('[OWN5] a configuration that declares the namespace is refused at start', async () => {
  const config = { channels: { me: { collections: { notes: {} } } } }
  await expect(startServer({ config })).rejects.toThrow(/namespace "me"/)
})
