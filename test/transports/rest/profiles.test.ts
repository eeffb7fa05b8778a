import type { Me, Profile, ProfileList } from 'dovetail-protocol'
import { describe, expect, test } from 'vitest'
import { at, freshChannel } from '../../support/paths.ts'
import { serving, stores } from '../../support/servers/serving.ts'
import { signClaims } from '../../support/servers/token-for.ts'

describe.each(stores)('profiles, %s store', (store) => {
  const server = serving({ store })
  const service = () => server.rest('backend', { role: 'service' })
  let made = 0
  const someone = (name: string) => `${name}-${++made}`
  const tokenOf = (user: string, claims: object) =>
    signClaims({ sub: user, exp: Math.floor(Date.now() / 1000) + 600, ...claims })

  test('[TOK18, A4] others see the name and the picture that a token says, from the first message on', async () => {
    const zoe = someone('u')
    const avatar = 'https://pictures.example/zoe.png'
    const rest = (await server.rest()).as(await tokenOf(zoe, { name: 'Zoe Visible', avatar }))
    expect((await rest.post(at(freshChannel()), { text: 'hello' })).status).toBe(201)
    const seen = await (await server.rest('bob')).get<Profile>(`/v1/users/${zoe}`)
    expect(seen.body).toEqual({ user: zoe, name: 'Zoe Visible', avatar, guest: false })
  })

  test('[TOK18] over a socket too; what is no address of a picture is left out, and what is no text is refused', async () => {
    const zoe = someone('u')
    const socket = await server.open()
    await socket.hello(await tokenOf(zoe, { name: 'Zoe', avatar: 'javascript:alert(1)' }))
    const seen = await (await server.rest('bob')).get<Profile>(`/v1/users/${zoe}`)
    expect(seen.body).toEqual({ user: zoe, name: 'Zoe', guest: false })
    const wrong = (await server.rest()).as(await tokenOf(zoe, { name: 'Zoe', avatar: 7 }))
    expect((await wrong.get('/v1/me')).code).toBe('unauthenticated')
  })

  test('[TOK18] a profile that is there stays, whatever a later token says', async () => {
    const zoe = someone('u')
    const first = (await server.rest()).as(await tokenOf(zoe, { name: 'Zoe' }))
    expect((await first.patch('/v1/me', { name: 'Zoe the First' })).status).toBe(200)
    const second = (await server.rest()).as(await tokenOf(zoe, { name: 'Zoe Other' }))
    expect((await second.get<Me>('/v1/me')).body.name).toBe('Zoe the First')
  })

  test('[RST42, A4] a service sets the whole profile of a user, and nobody else does', async () => {
    const ana = someone('ana')
    const backend = await service()
    const profile = { name: 'Ana', avatar: 'https://pictures.example/ana.png', about: 'of accounts' }
    const path = `/v1/users/${ana}`
    expect((await backend.put(path, profile)).body).toEqual({ user: ana, ...profile, guest: false })
    expect((await backend.put(path, { name: 'Ana B' })).body).toEqual({ user: ana, name: 'Ana B', guest: false })
    for (const [rest, code] of [
      [await server.rest(ana), 'forbidden'],
      [await server.rest(), 'unauthenticated'],
    ] as const)
      expect((await rest.put(path, { name: 'Other' })).code).toBe(code)
    expect((await backend.put(path, { name: '' })).code).toBe('invalid_data')
    expect((await backend.put('/v1/users/a%20b', { name: 'A' })).code).toBe('invalid_name')
    expect((await backend.get<Profile>(path)).body.name).toBe('Ana B')
  })

  test('[RST41, RST43, A4] many are set and read in one request each, unknown ones left out', async () => {
    const backend = await service()
    const users = ['one', 'two', 'thr+ee'].map((name) => ({ user: someone(name), name }))
    const set = await backend.put<ProfileList>('/v1/users', { users })
    expect(set.body.users).toEqual(users.map((each) => ({ ...each, guest: false })))
    const ids = [...users.map(({ user }) => user).reverse(), 'nobody-here', users[0]?.user ?? '']
    const read = await (await server.rest()).get<ProfileList>(`/v1/users?ids=${encodeURIComponent(ids.join(','))}`)
    expect(read.body.users.map(({ name }) => name)).toEqual(['thr+ee', 'two', 'one'])
  })

  test('[RST41, RST43] more than a hundred, and names that are none, are refused', async () => {
    const backend = await service()
    const many = Array.from({ length: 101 }, (_, index) => `u${index}`)
    expect((await backend.get(`/v1/users?ids=${many.join(',')}`)).code).toBe('invalid_query')
    expect((await backend.get('/v1/users?ids=')).code).toBe('invalid_query')
    expect((await backend.get('/v1/users')).code).toBe('invalid_query')
    expect((await backend.get('/v1/users?ids=a,,b')).code).toBe('invalid_name')
    const users = many.map((user) => ({ user, name: user }))
    expect((await backend.put('/v1/users', { users })).code).toBe('too_large')
    expect((await backend.put('/v1/users', { users: [{ user: 'a b', name: 'a' }] })).code).toBe('invalid_name')
    expect((await (await server.rest('ana')).put('/v1/users', { users: [] })).code).toBe('forbidden')
  })
})
