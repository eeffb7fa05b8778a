import type { LiveRecord } from 'dovetail-protocol'
import { describe, expect, test } from 'vitest'
import type { Rest } from '../../support/clients/rest.ts'
import { at, freshChannel } from '../../support/paths.ts'
import { serving, stores } from '../../support/servers/serving.ts'

const inAnHour = () => new Date(Date.now() + 3_600_000).toISOString()
const anHourAgo = () => new Date(Date.now() - 3_600_000).toISOString()

describe.each(stores)('moderation, %s store', (store) => {
  const server = serving({ store })

  /** A channel with its owner olga, mod as moderator and vic as member, and a message of vic's under the id `m`. */
  async function ruled(
    namespace: string,
  ): Promise<{ channel: string; as: Record<'olga' | 'mod' | 'vic' | 'eve', Rest> }> {
    const channel = freshChannel(namespace)
    const [olga, mod] = [await server.rest('olga'), await server.rest('mod')]
    const [vic, eve] = [await server.rest('vic'), await server.rest('eve')]
    await olga.put(`/v1/channels/${channel}`, {})
    await olga.post(at(channel, 'members'), { user: 'mod', role: 'moderator' })
    await mod.post(at(channel, 'members'), { user: 'vic', role: 'member' })
    expect((await vic.put(at(channel, 'messages', 'm'), { text: 'mine' })).status).toBe(201)
    return { channel, as: { olga, mod, vic, eve } }
  }

  /** The outcome of each write by vic: `ok` or the code. */
  async function writes(channel: string): Promise<string[]> {
    const [rest, socket] = [await server.rest('vic'), await server.connect('vic')]
    const message = { channel, collection: 'messages', data: { text: 'a' } }
    const batch = await rest.post<{ results: { error?: { code: string } }[] }>('/v1/batch', {
      writes: [{ op: 'create', ...message }],
    })
    const created = await socket.command('create', message)
    const signalled = await socket.command('signal', { channel, type: 'typing', data: {} })
    socket.close(1000)
    return [
      (await rest.post(at(channel), { text: 'a' })).code ?? 'ok',
      (await rest.patch(at(channel, 'messages', 'm'), { text: 'changed' })).code ?? 'ok',
      (await rest.post(`/v1/channels/${channel}/signals`, { type: 'typing', data: {} })).code ?? 'ok',
      batch.body.results[0]?.error?.code ?? 'ok',
      'ok' in created ? 'ok' : created.error.code,
      'ok' in signalled ? 'ok' : signalled.error.code,
    ]
  }
  const all = (code: string) => Array.from({ length: 6 }, () => code)

  test.each(['chat', 'team', 'dm'])(
    '[DEM3, DEM4] in %s a muted user reads on and writes nothing until then',
    async (namespace) => {
      const { channel, as } = await ruled(namespace)
      expect(await writes(channel)).toEqual(all('ok'))
      await as.mod.put(at(channel, 'members', 'vic'), { user: 'vic', role: 'member', mutedUntil: inAnHour() })
      expect(await writes(channel)).toEqual(all('forbidden'))
      expect((await as.vic.get(at(channel))).status).toBe(200)
      const own = { user: 'vic', role: 'member' }
      expect((await as.vic.put(at(channel, 'members', 'vic'), own)).code).toBe('forbidden')
      expect((await as.vic.delete(at(channel, 'members', 'vic'))).code).toBe('forbidden')
      expect((await as.vic.delete(at(channel, 'messages', 'm'))).status).toBe(204)
      await as.vic.put(at(channel, 'messages', 'm'), { text: 'back' })
      await as.mod.put(at(channel, 'members', 'vic'), { user: 'vic', role: 'member', mutedUntil: anHourAgo() })
      await as.vic.put(at(channel, 'messages', 'm'), { text: 'mine' })
      expect(await writes(channel)).toEqual(all('ok'))
    },
  )

  test('[DEM3] a user banned from a public channel reads it as everyone may, and writes nothing', async () => {
    const { channel, as } = await ruled('chat')
    await as.mod.put(at(channel, 'members', 'vic'), { user: 'vic', role: 'banned' })
    expect(await writes(channel)).toEqual(all('forbidden'))
    expect((await as.vic.delete(at(channel, 'messages', 'm'))).code).toBe('forbidden')
    expect((await as.vic.delete(at(channel, 'members', 'vic'))).code).toBe('forbidden')
    expect((await as.vic.get(at(channel))).status).toBe(200)
    await as.mod.delete(at(channel, 'members', 'vic'))
    expect(await writes(channel)).toEqual(all('ok'))
  })

  test('[DEM4] a user banned from a private channel can’t see that it exists', async () => {
    const { channel, as } = await ruled('team')
    await as.mod.put(at(channel, 'members', 'vic'), { user: 'vic', role: 'banned' })
    expect(await writes(channel)).toEqual(all('not_found'))
    expect((await as.vic.get(at(channel))).code).toBe('not_found')
    expect((await as.vic.delete(at(channel, 'members', 'vic'))).code).toBe('not_found')
  })

  test('[DEM1] a moderator can delete the messages of others, but not edit them', async () => {
    const { channel, as } = await ruled('chat')
    expect((await as.eve.delete(at(channel, 'messages', 'm'))).code).toBe('forbidden')
    expect((await as.mod.patch(at(channel, 'messages', 'm'), { text: 'theirs' })).code).toBe('forbidden')
    expect((await as.mod.delete(at(channel, 'messages', 'm'))).status).toBe(204)
    expect((await as.eve.get(at(channel, 'messages', 'm'))).code).toBe('gone')
  })

  test('[MOD18, N19] an author brings back what the author deleted, and not what a moderator removed', async () => {
    const { channel, as } = await ruled('chat')
    const path = at(channel, 'messages', 'm')
    const word = `again${channel.replaceAll(/\W/g, '')}`
    expect((await as.vic.delete(path)).status).toBe(204)
    expect((await as.vic.put(path, { text: 'mine' })).status).toBe(200)
    expect((await as.mod.delete(path)).status).toBe(204)
    const vic = await server.connect('vic')
    const back = { channel, collection: 'messages', recordId: 'm', data: { text: word } }
    const batch = await as.vic.post<{ results: { error?: { code: string } }[] }>('/v1/batch', {
      writes: [{ op: 'put', ...back }],
    })
    expect(await vic.command('put', back)).toMatchObject({ error: { code: 'forbidden' } })
    expect(batch.body.results[0]?.error?.code).toBe('forbidden')
    expect(await as.vic.put(path, { text: word })).toMatchObject({ status: 403, code: 'forbidden' })
    expect((await as.eve.get(path)).code).toBe('gone')
    expect((await as.eve.get<{ records: unknown[] }>(at(channel))).body.records).toEqual([])
    expect((await as.eve.get<{ records: unknown[] }>(`${at(channel)}?q=${word}`)).body.records).toEqual([])
    expect((await as.mod.put(path, { text: 'in their name' })).code).toBe('forbidden')
    await as.olga.put(at(channel, 'members', 'vic'), { user: 'vic', role: 'moderator' })
    expect((await as.vic.put(path, { text: 'mine' })).status).toBe(200)
    vic.close(1000)
  })

  test('[MOD18, N19] a reaction that a service removed is not made again by its author', async () => {
    const { channel, as } = await ruled('chat')
    const service = await server.rest('robot', {
      role: 'service',
      grants: [{ channel, can: ['read', 'write', 'manage'] }],
    })
    const made = await as.vic.post<LiveRecord>(at(channel, 'reactions'), { message: 'm', emoji: '👍' })
    expect(made.status).toBe(201)
    expect((await service.delete(at(channel, 'reactions', made.body.id))).status).toBe(204)
    const again = await as.vic.post(at(channel, 'reactions'), { message: 'm', emoji: '👍' })
    expect(again).toMatchObject({ status: 403, code: 'forbidden' })
  })

  test('[DEM3] a membership keeps its user’s name as its id, whatever is patched', async () => {
    const { channel, as } = await ruled('chat')
    const path = at(channel, 'members', 'vic')
    for (const patch of [{ user: 'eve' }, { user: 'eve', role: 'moderator' }])
      expect((await as.olga.patch(path, patch)).code).toBe('invalid_data')
    expect((await as.olga.put(path, { user: 'eve', role: 'member' })).code).toBe('invalid_data')
    expect((await as.olga.patch(path, { role: 'moderator' })).status).toBe(200)
    expect((await as.olga.get<LiveRecord>(path)).body.data).toEqual({ user: 'vic', role: 'moderator' })
  })

  test('[DEM3] a moderator manages lower roles, an owner all, and nobody promotes themselves', async () => {
    const { channel, as } = await ruled('team')
    const member = (user: string) => at(channel, 'members', user)
    const set = (rest: Rest, user: string, role: string) => rest.put(member(user), { user, role })
    expect((await set(as.mod, 'vic', 'moderator')).code).toBe('forbidden')
    expect((await set(as.mod, 'mod', 'owner')).code).toBe('forbidden')
    expect((await set(as.mod, 'olga', 'banned')).code).toBe('forbidden')
    expect((await as.mod.delete(member('olga'))).code).toBe('forbidden')
    expect((await set(as.vic, 'vic', 'moderator')).code).toBe('forbidden')
    expect((await set(as.vic, 'eve', 'member')).code).toBe('forbidden')
    expect((await set(as.eve, 'eve', 'member')).code).toBe('not_found')
    expect((await set(as.mod, 'eve', 'member')).status).toBe(201)
    expect((await set(as.olga, 'vic', 'moderator')).status).toBe(200)
    expect((await set(as.mod, 'vic', 'banned')).code).toBe('forbidden')
    expect((await as.eve.delete(member('eve'))).status).toBe(204)
    expect((await as.eve.get(at(channel))).code).toBe('not_found')
  })
})
