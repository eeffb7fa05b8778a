import { beforeAll, describe, expect, test } from 'vitest'
import type { Answer } from '../../support/clients/rest.ts'
import { at } from '../../support/paths.ts'
import { type Server, serving } from '../../support/servers/serving.ts'
import type { TokenOptions } from '../../support/servers/token-for.ts'

/** A channel of each kind, with what can be written to it. */
const kinds = {
  'chat:open': { collection: 'messages', data: { text: 'a' } },
  'chat:shut': { collection: 'messages', data: { text: 'a' } },
  'team:one': { collection: 'messages', data: { text: 'a' } },
  'prices:one': { collection: 'quotes', data: { symbol: 'a', price: 1 } },
  'game:one': { collection: 'entities', data: { x: 1 } },
  'forms:one': { collection: 'feedback', data: { who: 'a', mail: 'a@b', message: 'a', rating: 1 } },
  'docs:one': { collection: 'articles', data: { title: 'a', text: 'a' } },
} as const
type Channel = keyof typeof kinds
const channels = Object.keys(kinds) as Channel[]

const roles = ['nobody', 'guest', 'user', 'member', 'moderator', 'owner', 'banned', 'service', 'admin'] as const
type Role = (typeof roles)[number]
const tokenOf = (role: Role): TokenOptions =>
  role === 'guest' || role === 'service' || role === 'admin' ? { role } : {}

/**
 * What each may do, one letter each for: read, follow on a socket, write, change another's record, signal, set a
 * member, delete the channel. `+` may, `f` forbidden, `u` unauthenticated, `n` not found, `.` not tried here.
 */
const expected: Record<Channel, Record<Role, string>> = {
  'chat:open': {
    nobody: '++uuuuu',
    guest: '+++f+ff',
    user: '+++f+ff',
    member: '+++f+ff',
    moderator: '+++f++f',
    owner: '++++++.',
    banned: '++fffff',
    service: '+++f+ff',
    admin: '+++f++.',
  },
  'chat:shut': {
    nobody: 'nnnnnnn',
    guest: 'nnnnnnn',
    user: 'nnnnnnn',
    member: '+++f+ff',
    moderator: '+++f++f',
    owner: '++++++.',
    banned: 'nnnnnnn',
    service: '+++f+ff',
    admin: '+++f++.',
  },
  'team:one': {
    nobody: 'nnnnnnn',
    guest: 'nnnnnnn',
    user: 'nnnnnnn',
    member: '+++f+ff',
    moderator: '+++f++f',
    owner: '++++++.',
    banned: 'nnnnnnn',
    service: '+++f+ff',
    admin: '+++f++.',
  },
  'prices:one': {
    nobody: '++uuunu',
    guest: '++fffnf',
    user: '++fffnf',
    member: '++fffnf',
    moderator: '++fffnf',
    owner: '++fffn.',
    banned: '++fffnf',
    service: '+++++nf',
    admin: '+++++n.',
  },
  'game:one': {
    nobody: '++uuunu',
    guest: '+++f+nf',
    user: '+++f+nf',
    member: '+++f+nf',
    moderator: '+++f+nf',
    owner: '+++++n.',
    banned: '+++f+nf',
    service: '+++f+nf',
    admin: '+++f+n.',
  },
  'forms:one': {
    nobody: 'uuuuunu',
    guest: 'ff+ffnf',
    user: 'ff+ffnf',
    member: 'ff+ffnf',
    moderator: 'ff+ffnf',
    owner: 'ff+ffn.',
    banned: 'ff+ffnf',
    service: 'ff+ffnf',
    admin: '+++ffn.',
  },
  'docs:one': {
    nobody: '++uuunu',
    guest: '++fffnf',
    user: '++fffnf',
    member: '++fffnf',
    moderator: '++fffnf',
    owner: '++fffn.',
    banned: '++fffnf',
    service: '++++fnf',
    admin: '++++fn.',
  },
}

const letters: Readonly<Record<string, string>> = { forbidden: 'f', unauthenticated: 'u', not_found: 'n' }
const letter = (code: string | undefined) => (code === undefined ? '+' : (letters[code] ?? `<${code}>`))

async function tried(server: Server, role: Role, channel: Channel): Promise<string> {
  const user = role === 'nobody' ? undefined : role
  const [rest, socket] = [await server.rest(user, tokenOf(role)), await server.connect(user, tokenOf(role))]
  const { collection, data } = kinds[channel]
  const subscribed = await socket.command('subscribe', { channel, last: { [collection]: 1 } })
  const created = await socket.command('create', { channel, collection, data })
  const signalled = await socket.command('signal', { channel, type: 'typing', data: {} })
  socket.close(1000)
  const answers: Pick<Answer, 'code'>[] = [
    await rest.get(at(channel, collection)),
    { code: 'error' in subscribed ? subscribed.error.code : undefined },
    await rest.post(at(channel, collection), data),
    await rest.put(at(channel, collection, 'theirs'), data),
    await rest.post(`/v1/channels/${channel}/signals`, { type: 'typing', data: {} }),
    await rest.put(at(channel, 'members', 'new'), { user: 'new', role: 'member' }),
  ]
  // Those who may are not let: the next one needs the channel.
  const mayDelete = role === 'owner' || role === 'admin'
  const deleted = mayDelete ? '.' : letter((await rest.delete(`/v1/channels/${channel}`)).code)
  expect(letter('error' in created ? created.error.code : undefined)).toBe(letter(answers[2]?.code))
  expect(letter('error' in signalled ? signalled.error.code : undefined)).toBe(letter(answers[4]?.code))
  return answers.map(({ code }) => letter(code)).join('') + deleted
}

describe('who may do what, of every kind of channel', () => {
  const server = serving()
  beforeAll(async () => {
    const [owner, admin] = [await server.rest('owner'), await server.rest('root', { role: 'admin' })]
    for (const channel of channels) {
      const maker = /^(prices|forms|docs)/.test(channel) ? admin : owner
      await maker.put(`/v1/channels/${channel}`, channel === 'chat:shut' ? { visibility: 'private' } : {})
      for (const user of ['member', 'moderator', 'banned'])
        await maker.post(at(channel, 'members'), { user, role: user })
      await maker.put(at(channel, kinds[channel].collection, 'theirs'), kinds[channel].data)
    }
  })

  test.each(channels)('[ERR3, ERR4, TOK7] %s', async (channel) => {
    const seen: Record<string, string> = {}
    for (const role of roles) seen[role] = await tried(server, role, channel)
    expect(seen).toEqual(expected[channel])
  })
})
