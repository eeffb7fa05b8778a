import type { Presence, PresencePage, Problem } from 'dovetail-protocol'
import { describe, expect, onTestFinished, test } from 'vitest'
import { openStream } from '../../support/clients/event-stream.ts'
import { present } from '../../support/clients/present.ts'
import { freshChannel } from '../../support/paths.ts'
import { serving } from '../../support/servers/serving.ts'
import { tokenFor } from '../../support/servers/token-for.ts'
import { awaitLater } from '../../support/until.ts'

describe('presence', () => {
  const server = serving()
  const listed = async (channel: string) =>
    (await (await server.rest('watcher')).get<PresencePage>(`/v1/channels/${channel}/presence`)).body.users

  test('[WSK29] the caller is present, in its own snapshot too', async () => {
    const channel = freshChannel()
    const ann = await server.connect('ann')
    const subscribed = await ann.subscribe(channel, { presence: true })
    expect(subscribed.presence).toEqual([{ user: 'ann', since: expect.any(String) }])
    const ben = await server.connect('ben')
    const second = await ben.subscribe(channel, { presence: true })
    expect(second.presence?.map(({ user }) => user).sort()).toEqual(['ann', 'ben'])
  })

  test('[WSK32, MOD16] joins and leaves are of users, however many connections they have', async () => {
    const channel = freshChannel()
    const watcher = await server.connect('watcher')
    const { presence } = await watcher.subscribe(channel, { presence: true })
    const [one, two] = [await server.connect('ann'), await server.connect('ann')]
    await one.subscribe(channel, { presence: true })
    expect(await watcher.next('presence', channel)).toMatchObject({ join: [{ user: 'ann' }] })
    await two.subscribe(channel, { presence: true })
    expect((await listed(channel)).find(({ user }) => user === 'ann')?.connections).toBe(2)
    one.close(1000)
    await one.ended()
    await expect.poll(async () => (await listed(channel)).find(({ user }) => user === 'ann')?.connections).toBe(1)
    expect(present(watcher, channel, presence)).toEqual(['ann', 'watcher'])
    two.close(1000)
    expect(await watcher.next('presence', channel)).toMatchObject({ leave: ['ann'] })
    expect(present(watcher, channel, presence)).toEqual(['watcher'])
    expect(watcher.events('presence', channel)).toHaveLength(2)
  })

  test('[WSK32] only a subscribe with presence joins; an unsubscribe leaves', async () => {
    const channel = freshChannel()
    const [watcher, deaf, ann] = [
      await server.connect('watcher'),
      await server.connect('deaf'),
      await server.connect('ann'),
    ]
    await watcher.subscribe(channel, { presence: true })
    await deaf.subscribe(channel)
    await ann.subscribe(channel, { presence: true })
    await watcher.next('presence', channel)
    await ann.ok('unsubscribe', { channel })
    expect(await watcher.next('presence', channel)).toMatchObject({ leave: ['ann'] })
    await deaf.ok('ping')
    expect(deaf.events('presence')).toEqual([])
    expect((await listed(channel)).map(({ user }) => user)).toEqual(['watcher'])
  })

  test('[WSK30, WSK32] a state is shown to others, and to those who come later', async () => {
    const channel = freshChannel()
    const [watcher, ann] = [await server.connect('watcher'), await server.connect('ann')]
    await watcher.subscribe(channel, { presence: true })
    await ann.subscribe(channel, { presence: true })
    await watcher.next('presence', channel)
    ann.send({ op: 'state', channel, state: { mood: 'busy' } })
    const frame = await watcher.next('presence', channel)
    expect(frame.state).toEqual([{ user: 'ann', state: { mood: 'busy' } }])
    const late = await server.connect('late')
    const { presence } = await late.subscribe(channel, { presence: true })
    expect(presence?.find(({ user }) => user === 'ann')).toMatchObject({ state: { mood: 'busy' } })
    expect((await listed(channel)).find(({ user }) => user === 'ann')).toMatchObject({ state: { mood: 'busy' } })
    expect((await ann.refused('state', { channel, state: 'x'.repeat(2_000) })).code).toBe('too_large')
    expect(await ann.ok('state', { channel, state: null })).toEqual({})
  })

  test('[WSK32] a connection that is cut leaves', async () => {
    const channel = freshChannel()
    const [watcher, ann] = [await server.connect('watcher'), await server.connect('ann')]
    await watcher.subscribe(channel, { presence: true })
    await ann.subscribe(channel, { presence: true })
    await watcher.next('presence', channel)
    ann.terminate()
    expect(await watcher.next('presence', channel)).toMatchObject({ leave: ['ann'] })
  })

  test('[RST28] the list has each user, since when, and their connections', async () => {
    const channel = freshChannel()
    const ann = await server.connect('ann')
    await ann.subscribe(channel, { presence: true })
    const [entry] = await listed(channel)
    expect(entry).toMatchObject({ user: 'ann', connections: 1 })
    expect(Math.abs(Date.parse(String(entry?.since)) - Date.now())).toBeLessThan(10_000)
    const nobody = await server.rest()
    expect((await nobody.get('/v1/channels/team:hidden/presence')).code).toBe('not_found')
  })

  test('[WSK31, WSK33] demand is reported when the first reader comes and the last one leaves', async () => {
    const channel = freshChannel('prices')
    const feeder = await server.connect('feeder', { role: 'service' })
    await feeder.subscribe(channel, { demand: true })
    expect(await feeder.next('demand', channel)).toEqual({ op: 'demand', channel, readers: 0 })
    const [one, two] = [await server.connect(), await server.connect()]
    await one.subscribe(channel)
    expect((await feeder.next('demand', channel)).readers).toBe(1)
    await two.subscribe(channel)
    one.close(1000)
    await one.ended()
    await two.ok('unsubscribe', { channel })
    expect((await feeder.next('demand', channel)).readers).toBe(0)
    expect(feeder.events('demand')).toHaveLength(3)
    const alice = await server.connect('alice')
    expect((await alice.refused('subscribe', { channel, demand: true })).code).toBe('forbidden')
  })

  test.each(['', '&wait=1', 'stream'])('[WSK33, RST3] readers over HTTP count as demand (%s)', async (transport) => {
    const channel = freshChannel('prices')
    const feeder = await server.connect('feeder', { role: 'service' })
    await feeder.subscribe(channel, { demand: true })
    expect((await feeder.next('demand', channel)).readers).toBe(0)
    const nobody = await server.rest()
    const path = `/v1/channels/${channel}/changes?after=0`
    const stream = transport === 'stream' ? await openStream({ port: server.port, path }) : null
    onTestFinished(() => stream?.close())
    const poll = stream === null ? awaitLater(nobody.get(`${path}${transport}`)) : null
    expect((await feeder.next('demand', channel)).readers).toBe(1)
    expect((await nobody.get<{ readers: number }>(`/v1/channels/${channel}`)).body.readers).toBe(
      transport === '' ? 0 : 1,
    )
    stream?.close()
    await poll
    expect((await feeder.next('demand', channel)).readers).toBe(0)
  })
})

describe('presence over HTTP', () => {
  // Pings keep the watching socket from falling silent itself.
  const server = serving({ limits: { presenceSeconds: 1, pingSeconds: 0.2 } })

  test('[RDG19] the presence of a stream lasts, is renewed, and ends', async () => {
    const channel = freshChannel()
    const watcher = await server.connect('watcher')
    await watcher.subscribe(channel, { presence: true })
    const path = `/v1/channels/${channel}/changes?presence=1&client=c1`
    const stream = await openStream({ port: server.port, path, token: await tokenFor('ann') })
    onTestFinished(() => stream.close())
    expect(await watcher.next('presence', channel)).toMatchObject({ join: [{ user: 'ann' }] })
    const frame = (await stream.next('presence')).data as unknown as Presence
    const known = [...(frame.all ?? []), ...(frame.join ?? [])].map(({ user }) => user)
    expect(known).toContain('watcher')
    const ann = await server.rest('ann')
    const renew = await ann.post(`/v1/channels/${channel}/presence`, { client: 'c1', state: 'here' })
    expect(renew.status).toBeLessThan(300)
    const shown = await watcher.next('presence', channel)
    expect(shown.state).toEqual([{ user: 'ann', state: 'here' }])
    expect(await watcher.next('presence', channel)).toMatchObject({ leave: ['ann'] })
  })

  test('[RDG19] the presence of a long-poll lasts from its arrival', async () => {
    const channel = freshChannel()
    const watcher = await server.connect('watcher')
    await watcher.subscribe(channel, { presence: true })
    const ann = await server.rest('ann')
    await ann.get(`/v1/channels/${channel}/changes?after=0&wait=1&presence=1&client=c1`)
    expect(await watcher.next('presence', channel)).toMatchObject({ join: [{ user: 'ann' }] })
    expect(await watcher.next('presence', channel)).toMatchObject({ leave: ['ann'] })
  })

  test('[RDG22] a reader without identity sees who is present and is not present, on every transport', async () => {
    const channel = freshChannel()
    const ann = await server.connect('ann')
    await ann.subscribe(channel, { presence: true })
    const path = `/v1/channels/${channel}/changes?presence=1&client=c1`
    const nobody = await server.rest()
    const socket = await server.connect()
    expect((await socket.subscribe(channel, { presence: true })).presence).toMatchObject([{ user: 'ann' }])
    const stream = await openStream({ port: server.port, path })
    expect(stream.status).toBe(200)
    expect((await stream.next('presence')).data.all).toMatchObject([{ user: 'ann' }])
    expect((await nobody.get(`${path}&wait=1`)).status).toBe(200)
    const bob = await server.connect('bob')
    await bob.subscribe(channel, { presence: true })
    expect((await stream.next('presence')).data.join).toMatchObject([{ user: 'bob' }])
    expect(await socket.next('presence', channel)).toMatchObject({ join: [{ user: 'bob' }] })
    const here = await nobody.get<PresencePage>(`/v1/channels/${channel}/presence`)
    expect(here.body.users.map(({ user }) => user)).toEqual(['ann', 'bob'])
    stream.close()
  })

  test('[RDG22, ERR7] a namespace without presence refuses it, on every transport', async () => {
    const path = '/v1/channels/prices:us/changes?presence=1&client=c1'
    const ann = await server.rest('ann')
    const asked = [
      await ann.get('/v1/channels/prices:us/presence'),
      await ann.get(path),
      await ann.get(`${path}&wait=1`),
      await ann.get(path, { accept: 'text/event-stream' }),
    ]
    expect(asked.map(({ code }) => code)).toEqual(Array(4).fill('forbidden'))
    const socket = await server.connect('ann')
    expect((await socket.refused('subscribe', { channel: 'prices:us', presence: true })).code).toBe('forbidden')
    const several = '/v1/changes?sub=prices:us&presence=1&client=c1'
    expect((await ann.get(`${several}&wait=1`)).status).toBe(200)
  })

  test('[RDG19] a reader without a client id sees who is present and is not present', async () => {
    const channel = freshChannel()
    const watcher = await server.connect('watcher')
    await watcher.subscribe(channel, { presence: true })
    const path = `/v1/channels/${channel}/changes?presence=1`
    const stream = await openStream({ port: server.port, path, token: await tokenFor('ann') })
    onTestFinished(() => stream.close())
    expect((await stream.next('presence')).data.all).toMatchObject([{ user: 'watcher' }])
    const ann = await server.rest('ann')
    expect((await ann.get(`${path}&wait=1`)).status).toBe(200)
    const here = await ann.get<PresencePage>(`/v1/channels/${channel}/presence`)
    expect(here.body.users.map(({ user }) => user)).toEqual(['watcher'])
  })

  test('[RDG19] only a signed-in reader with a client id is present', async () => {
    const ann = await server.rest('ann')
    const bad = await ann.post(`/v1/channels/${freshChannel()}/presence`, {})
    expect([bad.status, bad.code]).toEqual([422, 'invalid_data'])
    const reading = (client: string) =>
      ann.get(`/v1/channels/${freshChannel()}/changes?presence=1&client=${encodeURIComponent(client)}`)
    expect((await reading('x'.repeat(64))).status).toBe(200)
    for (const client of ['', 'x'.repeat(65), 'a b', 'a@b']) expect((await reading(client)).code).toBe('invalid_query')
    const odd = await ann.post<Problem>(`/v1/channels/${freshChannel()}/presence`, { client: 'a b' })
    expect([odd.status, odd.body.errors?.[0]?.pointer]).toEqual([422, '/client'])
    expect((await ann.get(`/v1/channels/${freshChannel()}/changes?presence=1&client=a%20b`)).code).toBe('invalid_query')
    const nobody = await server.rest()
    const anonymous = await nobody.post(`/v1/channels/${freshChannel()}/presence`, { client: 'c1' })
    expect(anonymous.status).toBe(401)
    const path = `/v1/channels/${freshChannel()}/presence`
    expect((await nobody.delete(`${path}?client=c1`)).status).toBe(401)
    expect([(await ann.delete(path)).code, (await ann.delete(`${path}?client=a%20b`)).code]).toEqual([
      'invalid_query',
      'invalid_query',
    ])
    const socket = await server.connect()
    const channel = freshChannel()
    await socket.subscribe(channel, { presence: true })
    expect((await socket.refused('state', { channel, state: 1 })).code).toBe('unauthenticated')
  })
})

describe('the end of a presence over HTTP', () => {
  const server = serving()

  async function watched() {
    const channel = freshChannel()
    const watcher = await server.connect('watcher')
    await watcher.subscribe(channel, { presence: true })
    return { channel, watcher, path: `/v1/channels/${channel}/presence`, ann: await server.rest('ann') }
  }

  test('[RDG19] DELETE ends presence at once, and succeeds where there is none', async () => {
    const { channel, watcher, path, ann } = await watched()
    await ann.post(path, { client: 'c1' })
    await ann.get(`/v1/channels/${channel}/changes?after=0&wait=1&presence=1&client=c2`)
    expect(await watcher.next('presence', channel)).toMatchObject({ join: [{ user: 'ann' }] })
    expect((await ann.delete(`${path}?client=c1`)).status).toBe(204)
    expect((await ann.delete(`${path}?client=c1`)).status).toBe(204)
    // Another user's reader of that id is another reader.
    expect((await (await server.rest('ben')).delete(`${path}?client=c2`)).status).toBe(204)
    expect((await ann.get<PresencePage>(path)).body.users).toMatchObject(
      [{ user: 'watcher' }, { user: 'ann', connections: 1 }].toSorted((a, b) => (a.user < b.user ? -1 : 1)),
    )
    expect((await ann.delete(`${path}?client=c2`)).status).toBe(204)
    expect(await watcher.next('presence', channel)).toMatchObject({ leave: ['ann'] })
    expect(watcher.events('presence', channel)).toHaveLength(2)
  })

  test('[RDG19] a stream’s presence ends with the stream, unless a newer stream took it over', async () => {
    const { channel, watcher } = await watched()
    const path = `/v1/channels/${channel}/changes?presence=1&client=c1`
    const token = await tokenFor('ann')
    const first = await openStream({ port: server.port, path, token })
    await first.next('presence')
    const second = await openStream({ port: server.port, path, token })
    await second.next('presence')
    const readers = async () =>
      (await (await server.rest()).get<{ readers: number }>(`/v1/channels/${channel}`)).body.readers
    first.close()
    await expect.poll(readers).toBe(2)
    second.close()
    expect(await watcher.next('presence', channel)).toMatchObject({ join: [{ user: 'ann' }] })
    expect(await watcher.next('presence', channel)).toMatchObject({ leave: ['ann'] })
    expect(await readers()).toBe(1)
    expect(watcher.events('presence', channel)).toHaveLength(2)
  })
})
