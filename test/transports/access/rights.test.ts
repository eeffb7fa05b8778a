import { defineConfig } from 'dovetail-server'
import { asyncProperty, assert as checkProperty, constantFrom, option, record, uniqueArray } from 'fast-check'
import { expect, test } from 'vitest'
import type { Answer, Rest } from '../../support/clients/rest.ts'
import { announce, temporaryFolder } from '../../support/files.ts'
import { at, freshChannel } from '../../support/paths.ts'
import { serving } from '../../support/servers/serving.ts'
import type { TokenOptions } from '../../support/servers/token-for.ts'

const member = {
  type: 'object',
  properties: { user: { type: 'string' }, role: { type: 'string' }, mutedUntil: { type: 'string' } },
}
const memberCollection = { schema: member, id: ({ user }: Record<string, unknown>) => String(user) }
const messages = { write: 'guest', edit: 'author', delete: ['author', 'moderator'] } as const

const server = serving({
  files: temporaryFolder(),
  config: defineConfig({
    channels: {
      open: {
        presence: true,
        create: 'guest',
        files: { types: ['image/png'], upload: 'user' },
        collections: { messages, members: memberCollection },
      },
      staffed: { read: 'user', presence: true, collections: { messages: { write: 'service', edit: 'member' } } },
      asked: {
        read: ({ user }) => user !== 'mo',
        signals: 'nobody',
        collections: { messages: { write: async ({ role }) => role !== 'guest', edit: 'nobody', delete: 'anyone' } },
      },
      shut: { visibility: 'private', presence: true, collections: { messages, members: memberCollection } },
      secret: { visibility: 'private', staff: false, collections: { messages, members: memberCollection } },
    },
  }),
})

interface Explained {
  readonly action: string
  readonly collection?: string
  readonly allowed: boolean
  readonly cause: string
  readonly because: string
}
interface Explanation {
  readonly member: string | null
  readonly exists: boolean
  readonly visibility: string
  readonly rights: readonly Explained[]
}

const everything = { role: 'service', grants: [{ channel: '*', can: ['read', 'write', 'signal', 'manage'] }] } as const
const inAnHour = () => new Date(Date.now() + 3_600_000).toISOString()

/** The request that each action is, by the user mo; `change` is one whose record stands under that id. */
const requests: Readonly<Record<string, (as: Rest, channel: string) => Promise<Answer>>> = {
  read: (as, channel) => as.get(at(channel, 'messages')),
  signal: (as, channel) => as.post(`/v1/channels/${channel}/signals`, { type: 'typing', data: {} }),
  'upload files': (as, channel) => announce(as, channel),
  'create channel': (as, channel) => as.put(`/v1/channels/${channel}new`, {}),
  'be present': (as, channel) => as.post(`/v1/channels/${channel}/presence`, { client: 'c' }),
  'show a state': (as, channel) => as.post(`/v1/channels/${channel}/presence`, { client: 'c', state: { a: 1 } }),
  'import and export': (as, channel) => as.get(`/v1/export/${channel}`),
  create: (as, channel) => as.post(at(channel, 'messages'), {}),
  'edit of own': (as, channel) => as.patch(at(channel, 'messages', 'own'), {}),
  'edit of others': (as, channel) => as.patch(at(channel, 'messages', 'other'), {}),
  'delete of own': (as, channel) => as.delete(at(channel, 'messages', 'own')),
  'delete of others': (as, channel) => as.delete(at(channel, 'messages', 'other')),
  invite: (as, channel) => as.post(at(channel, 'members'), { user: 'new', role: 'member' }),
  'appoint a moderator': (as, channel) => as.post(at(channel, 'members'), { user: 'newer', role: 'moderator' }),
  leave: (as, channel) => as.delete(at(channel, 'members', 'mo')),
  'delete channel': (as, channel) => as.delete(`/v1/channels/${channel}`),
}
const order = Object.keys(requests)

const grants = uniqueArray(constantFrom('read', 'write', 'signal', 'manage'), { maxLength: 4 })
const situations = record({
  namespace: constantFrom('open', 'staffed', 'asked', 'shut', 'secret'),
  isPrivate: constantFrom(false, false, true),
  role: constantFrom('guest', 'user', 'service', 'admin', undefined),
  membership: constantFrom('owner', 'moderator', 'member', 'banned', 'muted', undefined),
  grant: option(record({ pattern: constantFrom('*', 'open:*', 'other:*'), can: grants })),
})

async function channelOf({
  namespace,
  isPrivate,
  membership,
}: {
  namespace: string
  isPrivate: boolean
  membership: string | undefined
}) {
  const channel = freshChannel(namespace)
  const all = await server.rest('keeper', everything)
  await all.put(`/v1/channels/${channel}`, isPrivate ? { visibility: 'private' } : {})
  const hasMembers = !['staffed', 'asked'].includes(namespace)
  if (membership !== undefined && hasMembers) {
    const muted = membership === 'muted' ? { role: 'member', mutedUntil: inAnHour() } : { role: membership }
    expect((await all.post(at(channel, 'members'), { user: 'mo', ...muted })).status).toBe(201)
  }
  const write = (recordId: string, author: string) => ({
    op: 'put',
    channel,
    collection: 'messages',
    recordId,
    author,
    data: {},
  })
  const written = await all.post('/v1/batch', { writes: [write('own', 'mo'), write('other', 'ola')] })
  expect(written.status).toBe(200)
  return channel
}

test('[RIG1] what is explained is what the request answers, for any user, membership, grant and channel', async () => {
  const asker = await server.rest('keeper', everything)
  await checkProperty(
    asyncProperty(situations, async (situation) => {
      const { role, grant } = situation
      const channel = await channelOf(situation)
      const token = {
        ...(role === undefined ? {} : { role }),
        grants: grant === null ? [] : [{ channel: grant.pattern, can: grant.can }],
      }
      const asked = role === undefined ? { channel } : { channel, user: 'mo', ...token }
      const { status, body } = await asker.post<Explanation>('/v1/rights', asked)
      expect(status).toBe(200)
      const as = role === undefined ? await server.rest() : await server.rest('mo', token as TokenOptions)
      const wanted = [...body.rights].sort((a, b) => order.indexOf(a.action) - order.indexOf(b.action))
      for (const { action, allowed, because } of wanted) {
        if (role === undefined && action === 'edit of own') continue
        const answer = await requests[action]?.(as, channel)
        const keeps = action === 'leave' && answer?.status === 204
        if (keeps) await asker.post(at(channel, 'members'), { user: 'mo', role: situation.membership })
        const did = ![401, 403, 404].includes(answer?.status ?? 0)
        expect([action, did, because, answer?.status, answer?.text]).toEqual([
          action,
          allowed,
          because,
          answer?.status,
          answer?.text,
        ])
      }
      expect(new Set(wanted.map(({ action }) => action)).size).toBeGreaterThan(9)
    }),
    { numRuns: 120 },
  )
}, 120_000)

type Situation = Parameters<typeof channelOf>[0]
const plain = (namespace: string, membership?: string): Situation => ({ namespace, isPrivate: false, membership })
const reader = { grants: [{ channel: 'open:*', can: ['read'] }] }

const causes: readonly (readonly [Situation, object, string, boolean, string, string])[] = [
  [plain('open'), {}, 'read', true, 'rule', '"open.read" is "anyone": mo counts as anyone'],
  [
    ...([plain('open'), {}, 'delete of others', false, 'rule'] as const),
    '"open.messages.delete" is "author" or "moderator": mo is none of them',
  ],
  [plain('asked'), {}, 'read', false, 'rule', '"asked.read" is a function, which does not admit mo'],
  [plain('open', 'banned'), {}, 'create', false, 'ban', 'mo is banned here'],
  [plain('open', 'muted'), {}, 'signal', false, 'mute', 'mo is muted here until …'],
  [plain('shut'), {}, 'read', false, 'private', 'the channel is private, and mo is no member'],
  [
    ...([plain('secret'), { role: 'admin' }, 'read', false, 'private'] as const),
    'the channel is private, "secret.staff" is false, and mo is no member',
  ],
  [plain('open', 'owner'), {}, 'invite', true, 'membership', 'mo is owner here'],
  [
    ...([plain('open'), {}, 'import and export', false, 'role'] as const),
    'only the role "service" may, and the token has "user"',
  ],
  [
    ...([plain('open'), reader, 'create', false, 'grant'] as const),
    'a grant of the token counts here in place of rules and membership, and lacks "write" (it has: read)',
  ],
  [plain('staffed'), {}, 'be present', true, 'rule', '"staffed.read" is "user": mo counts as user'],
]

test.each(causes)(
  '[RIG2] the cause is what decides: %j, %j, %s',
  async (situation, who, action, allowed, cause, text) => {
    const asker = await server.rest('keeper', everything)
    const { body } = await asker.post<Explanation>('/v1/rights', {
      channel: await channelOf(situation),
      user: 'mo',
      ...who,
    })
    const found = body.rights.find((each) => each.action === action)
    expect({ ...found, because: found?.because.replace(/until .*/, 'until …') }).toMatchObject({
      allowed,
      cause,
      because: text,
    })
  },
)

test('[RIG3] only a service or an admin asks, and only about a channel that they may read', async () => {
  const channel = await channelOf({ namespace: 'secret', isPrivate: false, membership: 'member' })
  const ask = async (as: Rest, more = {}) =>
    (await as.post('/v1/rights', { channel, user: 'mo', ...more })).code ?? 'ok'
  expect([
    await ask(await server.rest()),
    await ask(await server.rest('mo')),
    await ask(await server.rest('root', { role: 'admin' })),
    await ask(await server.rest('keeper', everything)),
    await ask(await server.rest('keeper', everything), { channel: 'none:x' }),
    await ask(await server.rest('keeper', everything), { user: 'no user' }),
    await ask(await server.rest('keeper', everything), { channel: '!' }),
    await ask(await server.rest('keeper', everything), { role: 'king' }),
    await ask(await server.rest('keeper', everything), { more: 1 }),
  ]).toEqual([
    'unauthenticated',
    'forbidden',
    'not_found',
    'ok',
    'not_found',
    'invalid_name',
    'invalid_name',
    'invalid_data',
    'invalid_data',
  ])
})

test('[RIG4] a channel that does not exist is explained as it would be', async () => {
  const asker = await server.rest('keeper', everything)
  const { body } = await asker.post<Explanation>('/v1/rights', { channel: freshChannel('shut'), user: 'mo' })
  expect([body.exists, body.visibility, body.member]).toEqual([false, 'private', null])
})
