import { describe, expect, test } from 'vitest'
import { at } from '../../support/paths.ts'
import { serving, stores } from '../../support/servers/serving.ts'

interface Data {
  readonly profile?: { readonly name: string }
  readonly channels: readonly { readonly channel: string; readonly read: number }[]
  readonly records: readonly { readonly channel: string; readonly record: Record<string, unknown> }[]
  readonly after: string | null
}

describe.each(stores)('all that is kept of a person on %s', (store) => {
  const server = serving({ store })
  const officer = () => server.rest('officer', { role: 'service' })

  /** Every step of a walk, together. */
  async function dataOf(user: string) {
    const rest = await officer()
    const first = (await rest.get<Data>(`/v1/users/${user}/data`)).body
    const records = [...first.records]
    for (let { after } = first; after !== null; ) {
      const step: Data = (await rest.get<Data>(`/v1/users/${user}/data?after=${after}`)).body
      records.push(...step.records)
      after = step.after
    }
    return { profile: first.profile, channels: first.channels, records }
  }

  async function erase(user: string): Promise<number> {
    const rest = await officer()
    let erased = 0
    let after: string | undefined
    do {
      const step = await rest.post<{ erased: number; after: string | null }>(
        `/v1/users/${user}/erasure`,
        after === undefined ? {} : { after },
      )
      erased += step.body.erased
      after = step.body.after ?? undefined
    } while (after !== undefined)
    return erased
  }

  test('[PER1, PER2] it is shown, and is gone after an erasure, everywhere and for readers too', async () => {
    const [ana, bob] = [await server.rest('ana'), await server.rest('bob')]
    await ana.patch('/v1/me', { name: 'Ana A.' })
    await ana.put('/v1/channels/team:one', {})
    await ana.put(at('team:one', 'members', 'bob'), { user: 'bob', role: 'moderator' })
    const own = await ana.post<{ id: string }>(at('chat:one'), { text: 'mine' })
    const gone = await ana.post<{ id: string }>(at('chat:one'), { text: 'mine, deleted' })
    await ana.delete(at('chat:one', 'messages', gone.body.id))
    await bob.post(at('chat:one'), { text: 'of bob' })
    await ana.put(at('game:one', 'entities', 'ship'), { x: 1 })
    await ana.put('/v1/me/channels/chat:one', { read: 1 })
    const data = await dataOf('ana')
    expect(data.profile?.name).toBe('Ana A.')
    expect(data.channels).toEqual([
      { channel: 'chat:one', read: 1 },
      { channel: 'team:one', read: 0 },
    ])
    expect(data.records.map(({ channel, record }) => [channel, record.collection, record.deleted])).toEqual([
      ['chat:one', 'messages', undefined],
      ['chat:one', 'messages', true],
      ['game:one', 'entities', undefined],
      ['team:one', 'members', undefined],
      ['team:one', 'members', undefined],
    ])
    const reader = await server.connect('bob')
    await reader.subscribe('chat:one')
    expect(await erase('ana')).toBe(5)
    const after = await dataOf('ana')
    expect(after).toEqual({ profile: undefined, channels: [], records: [] })
    expect((await bob.get(at('chat:one', 'messages', own.body.id))).status).toBe(410)
    // The membership that she made for somebody else stays, without her name.
    const members = await bob.get<{ records: object[] }>(at('team:one', 'members'))
    expect(members.body.records).toEqual([expect.objectContaining({ id: 'bob', author: 'deleted' })])
    const log = await (await officer()).get<Data>('/v1/export/chat:one')
    expect(log.text).not.toContain('ana')
    expect(log.text).not.toContain('mine')
    expect(log.text).toContain('of bob')
    expect((await ana.get('/v1/me')).status).toBe(401)
    expect(await erase('ana')).toBe(0)
  })

  test('[PER1] a walk over many channels and rows takes several steps and misses nothing', async () => {
    const rest = await officer()
    for (const channel of ['chat:big', 'chat:big2']) {
      for (let batch = 0; batch < 8; batch++) {
        const records = Array.from({ length: 500 }, (_, index) => {
          const number = batch * 500 + index
          const author = number % 100 === 7 ? 'dora' : 'others'
          return { collection: 'messages', id: `m${number}`, author, data: { text: 'x' } }
        })
        await rest.post(`/v1/import/${channel}`, { records })
      }
    }
    const first = (await rest.get<Data>('/v1/users/dora/data')).body
    expect(first.after).not.toBe(null)
    expect((await dataOf('dora')).records.length).toBe(80)
    expect(await erase('dora')).toBe(80)
    expect((await dataOf('dora')).records).toEqual([])
  })

  test('[PER3] an account is put back where there is none, and markers only move forwards', async () => {
    const rest = await officer()
    await rest.post(at('chat:marked'), { text: 'one' })
    await rest.post(at('chat:marked'), { text: 'two' })
    const account = (name: string, read: number) => ({
      profile: { user: 'eve', name, guest: false },
      channels: [{ channel: 'chat:marked', read }],
    })
    expect((await rest.put('/v1/users/eve/account', account('Eve', 2))).body).toEqual(account('Eve', 2))
    expect((await rest.put('/v1/users/eve/account', account('Other', 1))).body).toEqual(account('Eve', 2))
    expect((await rest.get('/v1/users/eve/account')).body).toEqual(account('Eve', 2))
    expect((await (await server.rest('eve')).put('/v1/users/eve/account', account('Eve', 2))).status).toBe(403)
    for (const read of [-1, -(2 ** 63), 0.5, 2 ** 63])
      expect((await rest.put('/v1/users/eve/account', account('Eve', read))).status).toBe(422)
  })

  test('[PER3] a profile that is put back has the bounds of any other', async () => {
    const rest = await officer()
    const put = (profile: object) =>
      rest.put<{ errors?: { pointer: string }[] }>('/v1/users/finn/account', {
        profile: { user: 'finn', name: 'Finn', guest: false, ...profile },
        channels: [],
      })
    const wrong = [
      { name: '' },
      { name: 'x'.repeat(65) },
      { avatar: 'javascript:alert(1)' },
      { about: 'x'.repeat(2001) },
    ]
    for (const part of wrong) {
      const { status, body } = await put(part)
      expect([status, body.errors?.[0]?.pointer]).toEqual([422, `/profile/${Object.keys(part)[0]}`])
    }
    expect((await rest.get('/v1/users/finn')).status).toBe(404)
    expect((await put({ avatar: 'https://pictures.example/finn.png', about: 'x'.repeat(2000) })).status).toBe(200)
  })

  test('[PER2] only an admin or a service may, and an unknown place to go on is refused', async () => {
    const ana = await server.rest('ana2')
    const outcomes = [
      await ana.get('/v1/users/ana2/data'),
      await ana.post('/v1/users/ana2/erasure', {}),
      await (await server.rest()).get('/v1/users/ana2/data'),
      await (await officer()).get('/v1/users/no%20user/data'),
      await (await officer()).get('/v1/users/ana2/data?after=nonsense'),
      await (await server.rest('root', { role: 'admin' })).get('/v1/users/ana2/data'),
    ]
    expect(outcomes.map(({ status }) => status)).toEqual([403, 403, 401, 400, 400, 200])
  })
})
