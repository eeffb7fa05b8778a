import type { LiveRecord, Page, Problem } from 'dovetail-protocol'
import { describe, expect, test } from 'vitest'
import type { Rest } from '../../support/clients/rest.ts'
import { at, freshChannel } from '../../support/paths.ts'
import { serving, stores } from '../../support/servers/serving.ts'

const code = ({ code: refusal, status }: { code: string | undefined; status: number }) => refusal ?? status

describe.each(stores)('the demo configuration, %s store', (store) => {
  const server = serving({ store })

  async function people(...names: string[]): Promise<Rest[]> {
    return Promise.all(names.map((name) => server.rest(name)))
  }

  /** A channel with alice as its owner, and a role for each of the others. */
  async function roomWith(namespace: string, roles: Record<string, string>): Promise<string> {
    const alice = await server.rest('alice')
    const channel = freshChannel(namespace)
    expect((await alice.put(`/v1/channels/${channel}`, {})).status).toBe(201)
    for (const [user, role] of Object.entries(roles)) {
      expect((await alice.post(at(channel, 'members'), { user, role })).status).toBe(201)
    }
    return channel
  }

  test('[DEM1] chat: anyone reads, guests and users write', async () => {
    const nobody = await server.rest()
    const channel = freshChannel()
    const guest = await server.rest('g', { role: 'guest' })
    expect(code(await guest.post(at(channel), { text: 'a' }))).toBe(201)
    expect((await nobody.get<Page>(at(channel))).body.records).toHaveLength(1)
    expect(code(await nobody.post(at(channel), { text: 'a' }))).toBe('unauthenticated')
  })

  test('[DEM1] chat: text has 1 to 8,000 characters, extra fields are kept', async () => {
    const [alice] = await people('alice')
    const channel = freshChannel()
    const post = async (data: unknown) => code((await alice?.post(at(channel), data)) ?? { code: 'none', status: 0 })
    expect(await post({ text: 'x'.repeat(8_000) })).toBe(201)
    expect(await post({ text: '😀'.repeat(4_000) })).toBe(201)
    expect(await post({ text: 'x'.repeat(8_001) })).toBe('invalid_data')
    expect(await post({ text: '' })).toBe('invalid_data')
    expect(await post({ text: 'a', replyTo: 7 })).toBe('invalid_data')
    expect(await post({ text: 'a', replyTo: 'm1', colour: 'red' })).toBe(201)
  })

  test.each([' ', '\n\n', '\u200b', '\u2800', '\u00ad\u2060', '\u3164', '\ufe0f'])(
    '[DEM1] [N36] chat: the text %j, without a visible character, is refused',
    async (text) => {
      const alice = await server.rest('alice')
      const channel = freshChannel()
      const refused = await alice.post(at(channel), { text })
      expect([refused.status, refused.code]).toEqual([422, 'invalid_data'])
      expect((await alice.post(at(channel), { text: `${text}.${text}` })).status).toBe(201)
      expect((await alice.post(at(channel), { text: `${text}👩‍👩‍👧` })).status).toBe(201)
    },
  )

  test.each([
    ['❤', '❤\ufe0f'],
    ['\u00e9', 'e\u0301'],
    ['☺\ufe0e', '☺\ufe0f'],
  ])('[DEM2] [N35] chat: %j and %j are one reaction', async (one, twin) => {
    const alice = await server.rest('alice')
    const channel = freshChannel()
    const message = (await alice.post<LiveRecord>(at(channel), { text: 'a' })).body.id
    expect((await alice.post(at(channel, 'reactions'), { message, emoji: one })).status).toBe(201)
    expect([200, 412]).toContain((await alice.post(at(channel, 'reactions'), { message, emoji: twin })).status)
    expect((await alice.get<Page>(at(channel, 'reactions'))).body.records).toHaveLength(1)
  })

  test('[DEM1] chat: edited and deleted by their author, deleted also by moderators', async () => {
    const channel = await roomWith('chat', { mona: 'moderator', mike: 'member' })
    const [alice, mona, mike, bob] = await people('alice', 'mona', 'mike', 'bob')
    const path = at(channel, 'messages', 'one')
    await bob?.put(path, { text: 'a' })
    for (const other of [alice, mona, mike]) {
      expect(code((await other?.put(path, { text: 'b' })) ?? { code: '', status: 0 })).toBe('forbidden')
    }
    expect(code((await mike?.delete(path)) ?? { code: '', status: 0 })).toBe('forbidden')
    expect(code((await bob?.patch(path, { text: 'c' })) ?? { code: '', status: 0 })).toBe(200)
    expect(code((await mona?.delete(path)) ?? { code: '', status: 0 })).toBe(204)
  })

  test('[DEM2] chat: one reaction per author, message and emoji', async () => {
    const [alice, bob] = await people('alice', 'bob')
    if (alice === undefined || bob === undefined) throw new Error('nobody here')
    const channel = freshChannel()
    const message = (await alice.post<LiveRecord>(at(channel), { text: 'a' })).body.id
    const heart = { message, emoji: '❤' }
    const first = await alice.post<LiveRecord>(at(channel, 'reactions'), heart)
    expect(first.status).toBe(201)
    const second = await alice.post(at(channel, 'reactions'), heart)
    expect([200, 412]).toContain(second.status)
    expect((await bob.post(at(channel, 'reactions'), heart)).status).toBe(201)
    expect((await alice.post(at(channel, 'reactions'), { message, emoji: '+' })).status).toBe(201)
    const reactions = (await alice.get<Page>(at(channel, 'reactions'))).body.records
    expect(reactions).toHaveLength(3)
    const mine = at(channel, 'reactions', first.body.id)
    expect(code(await bob.delete(mine))).toBe('forbidden')
    expect(code(await alice.delete(mine))).toBe(204)
    expect((await alice.post(at(channel, 'reactions'), heart)).status).toBeLessThan(300)
    expect((await alice.get<Page>(at(channel, 'reactions'))).body.records).toHaveLength(3)
  })

  test('[DEM3] chat: roles are a closed list; banned users can’t write, muted users not until their time', async () => {
    const channel = await roomWith('chat', { bea: 'banned' })
    const [alice, bea, moe] = await people('alice', 'bea', 'moe')
    if (alice === undefined || bea === undefined || moe === undefined) throw new Error('nobody here')
    expect(code(await bea.post(at(channel), { text: 'a' }))).toBe('forbidden')
    const mute = { user: 'moe', role: 'member', mutedUntil: '2999-01-01T00:00:00.000Z' }
    const muted = await alice.post<LiveRecord>(at(channel, 'members'), mute)
    expect(code(await moe.post(at(channel), { text: 'a' }))).toBe('forbidden')
    await alice.patch(at(channel, 'members', muted.body.id), { mutedUntil: '2001-01-01T00:00:00.000Z' })
    expect(code(await moe.post(at(channel), { text: 'a' }))).toBe(201)
    const refused = await alice.post<Problem>(at(channel, 'members'), { user: 'x', role: 'king' })
    expect(code(refused)).toBe('invalid_data')
    expect(code(await moe.post(at(channel, 'members'), { user: 'moe', role: 'owner' }))).toBe('forbidden')
  })

  test.each(['dm', 'team'])('[DEM4] %s: only members read and write', async (namespace) => {
    const channel = await roomWith(namespace, { mike: 'member' })
    const [mike, sven, nobody] = [await server.rest('mike'), await server.rest('sven'), await server.rest()]
    expect(code(await mike.post(at(channel), { text: 'a' }))).toBe(201)
    expect((await mike.get<Page>(at(channel))).body.records).toHaveLength(1)
    for (const stranger of [sven, nobody]) {
      expect(code(await stranger.get(at(channel)))).toBe('not_found')
      expect(code(await stranger.post(at(channel), { text: 'a' }))).toBe('not_found')
    }
    expect(code(await mike.put(at(channel, 'members', 'self'), { user: 'mike', role: 'owner' }))).toBe('forbidden')
  })

  test.each(['prices', 'ticks'])('[DEM5] %s: anyone reads, a service writes', async (namespace) => {
    const backend = await server.rest('backend', { role: 'service' })
    const [alice, nobody] = [await server.rest('alice'), await server.rest()]
    const channel = freshChannel(namespace)
    const path = at(channel, 'quotes', 'A')
    expect(code(await backend.put(path, { symbol: 'A', price: 1.5 }))).toBe(201)
    expect(code(await backend.put(path, { symbol: 'A', price: 'dear' }))).toBe('invalid_data')
    expect(code(await backend.put(path, { symbol: 'A', price: 2, venue: 'X' }))).toBe(200)
    expect(code(await nobody.get(path))).toBe(200)
    expect(code(await alice.put(path, { symbol: 'A', price: 3 }))).toBe('forbidden')
    expect(code(await nobody.put(path, { symbol: 'A', price: 3 }))).toBe('unauthenticated')
  })

  test('[DEM6] game: anyone reads, each entity is written by its own author', async () => {
    const [ann, ben] = await people('ann', 'ben')
    const nobody = await server.rest()
    if (ann === undefined || ben === undefined) throw new Error('nobody here')
    const path = at(freshChannel('game'), 'entities', 'ship')
    expect(code(await ann.put(path, { x: 1, y: 2 }))).toBe(201)
    expect(code(await ben.put(path, { x: 9, y: 9 }))).toBe('forbidden')
    expect(code(await ben.delete(path))).toBe('forbidden')
    expect(code(await ann.patch(path, { x: 2 }))).toBe(200)
    expect(code(await nobody.get(path))).toBe(200)
  })

  test('[DEM7] forms: guests and users write the declared fields, only admin reads', async () => {
    const channel = freshChannel('forms')
    const path = at(channel, 'feedback')
    const guest = await server.rest('g', { role: 'guest' })
    const admin = await server.rest('root', { role: 'admin' })
    const form = { who: 'Mia', mail: 'mia@example.org', message: 'Good', rating: 5 }
    expect(code(await guest.post(path, form))).toBe(201)
    for (const bad of [
      { ...form, rating: 6 },
      { ...form, rating: 0 },
      { ...form, rating: 1.5 },
      { ...form, extra: 1 },
    ]) {
      expect(code(await guest.post(path, bad))).toBe('invalid_data')
    }
    expect((await admin.get<Page>(path)).body.records).toHaveLength(1)
    expect(['forbidden', 'not_found']).toContain(code(await guest.get(path)))
    const socket = await server.connect('g', { role: 'guest' })
    expect(['forbidden', 'not_found']).toContain((await socket.refused('subscribe', { channel })).code)
  })

  test('[DEM8] docs: a service writes, anyone reads', async () => {
    const backend = await server.rest('backend', { role: 'service' })
    const [alice, nobody] = [await server.rest('alice'), await server.rest()]
    const path = at(freshChannel('docs'), 'articles', 'intro')
    expect(code(await backend.put(path, { title: 'T', text: 'x' }))).toBe(201)
    expect(code(await nobody.get(path))).toBe(200)
    expect(code(await alice.put(path, { title: 'T', text: 'y' }))).toBe('forbidden')
    expect(code(await backend.put(path, { title: 7, text: 'x' }))).toBe('invalid_data')
  })
})
