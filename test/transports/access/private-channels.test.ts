import type { ChannelDescription, ChannelList, PresencePage, Reply } from 'dovetail-protocol'
import { assert, asyncProperty, constantFrom } from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { textEtag } from '../../../packages/server/src/transports/http/tags/tags.ts'
import type { Rest } from '../../support/clients/rest.ts'
import type { Socket } from '../../support/clients/socket.ts'
import { at } from '../../support/paths.ts'
import { type Server, serving, stores } from '../../support/servers/serving.ts'
import { filled, type HttpRequest, httpRequests, type SocketCommand, socketCommands } from './outsider-requests.ts'

const seed = 20_261_125
/** What is there, and what is not: as long as each other, so that also the length of an answer must be the same. */
const existing = ['team:there', 'dm:there', 'team:busy1']
const absent = ['team:nowhe', 'dm:nowhr', 'team:busy2']
const pairs = constantFrom(...existing.map((name, index) => [name, absent[index] ?? ''] as const))

const outsiders = ['stranger', 'guest', 'banned', 'left', 'nobody'] as const
type Outsider = (typeof outsiders)[number]

async function restAs(server: Server, outsider: Outsider): Promise<Rest> {
  if (outsider === 'nobody') return server.rest()
  return server.rest(outsider, outsider === 'guest' ? { role: 'guest' } : {})
}

/** A channel with a past: records, a tombstone, members of every kind, a read mark, somebody present. */
async function furnish(server: Server, channel: string): Promise<Socket> {
  const olga = await server.rest('olga')
  await olga.put(`/v1/channels/${channel}`, { title: 'secret' })
  await olga.put(at(channel, 'messages', 'm1'), { text: 'secret words' }, { 'idempotency-key': 'k1' })
  await olga.put(at(channel, 'messages', 'gone'), { text: 'secret' })
  await olga.delete(at(channel, 'messages', 'gone'))
  await olga.post(at(channel, 'members'), { user: 'left', role: 'member' })
  const left = await server.rest('left')
  await left.put(`/v1/me/channels/${channel}`, { read: 2 })
  await left.post(at(channel), { text: 'of one who left' }, { 'idempotency-key': 'k1' })
  await olga.delete(at(channel, 'members', 'left'))
  await olga.post(at(channel, 'members'), { user: 'banned', role: 'banned' })
  const member = await server.connect('olga')
  await member.subscribe(channel, { presence: true, signals: true })
  return member
}

/** All of an answer that may not differ: everything but the moment, a stream's random `retry:`, and the name that was asked for. */
async function answerTo(rest: Rest, ask: HttpRequest, name: string): Promise<unknown> {
  const { status, headers, text } = await rest.send(ask.method, ask.path, ask.headers, ask.body)
  const { date: _date, ...compared } = headers
  // The ETag of a poll of several channels is derived from its text, so it reveals no more.
  if (compared.etag === textEtag(text)) compared.etag = 'of the text'
  return { status, compared, text: text.replaceAll(name, 'CHANNEL').replace(/^retry: \d+$/m, 'retry: RANDOM') }
}

async function replyTo(socket: Socket, ask: SocketCommand, name: string): Promise<unknown> {
  const { op, ...fields } = ask
  const reply = (await socket.command(op, fields)) as Reply<unknown> & { id: unknown }
  return JSON.parse(JSON.stringify({ ...reply, id: 0 }).replaceAll(name, 'CHANNEL'))
}

describe.each(stores)('private channels and who may not know of them, %s store', (store) => {
  const server = serving({ store, limits: { commands: 1_000_000, commandsBurst: 1_000_000 } })
  const members: Socket[] = []
  const epochs = new Map<string, string>()
  beforeAll(async () => {
    const olga = await server.rest('olga')
    for (const name of existing) {
      members.push(await furnish(server, name))
      epochs.set(name, String((await olga.get<ChannelDescription>(`/v1/channels/${name}`)).body.epoch))
    }
  })

  test.each(outsiders)(
    '[ERR3] to %s, every request answers the same for a channel that exists and one that does not',
    async (outsider) => {
      const rest = await restAs(server, outsider)
      const property = asyncProperty(httpRequests, pairs, async (ask, [real, unreal]) => {
        const epoch = epochs.get(real) ?? ''
        const seen = await answerTo(rest, filled(ask, real, epoch), real)
        expect(seen).toEqual(await answerTo(rest, filled(ask, unreal, epoch), unreal))
      })
      await assert(property, { numRuns: 150, seed })
    },
  )

  test.each(outsiders)('[ERR3, ERR7] to %s, every command answers the same for both', async (outsider) => {
    const options = outsider === 'guest' ? { role: 'guest' as const } : {}
    const socket = await server.connect(outsider === 'nobody' ? undefined : outsider, options)
    const property = asyncProperty(socketCommands, pairs, async (ask, [real, unreal]) => {
      const epoch = epochs.get(real) ?? ''
      const seen = await replyTo(socket, filled(ask, real, epoch), real)
      expect(seen).toEqual(await replyTo(socket, filled(ask, unreal, epoch), unreal))
    })
    await assert(property, { numRuns: 100, seed })
    expect(socket.frames.filter((frame) => 'op' in frame)).toEqual([])
  })

  test('[ERR3] a user who may not create channels gets the same answer for a taken name as for a free one', async () => {
    const granted = {
      grants: [
        { channel: 'docs:*', can: ['read'] },
        { channel: 'team:*', can: [] },
      ],
    }
    for (const rest of [await server.rest(), await server.rest('stranger', granted)]) {
      const put = (name: string): HttpRequest => ({
        method: 'PUT',
        path: `/v1/channels/${name}`,
        headers: {},
        body: '',
      })
      const [taken, free] = ['team:there', 'team:nowhe']
      expect(await answerTo(rest, put(taken), taken)).toEqual(await answerTo(rest, put(free), free))
    }
  })

  test('[RST2, RST29, SEA10] lists and searches of outsiders contain no private channel', async () => {
    for (const outsider of outsiders) {
      const rest = await restAs(server, outsider)
      const listed = (await rest.get<ChannelList>('/v1/channels?limit=500')).body.channels.map(({ name }) => name)
      expect(listed.filter((name) => existing.includes(name))).toEqual([])
      for (const path of ['/v1/me/channels', '/v1/search?q=secret', '/v1/search?q=of', '/v1/me']) {
        expect((await rest.get(path)).text).not.toMatch(/there|busy1|secret/)
      }
    }
  })

  test('[MOD16] no request of an outsider made them present, or reached a member', async () => {
    const olga = await server.rest('olga')
    for (const [index, name] of existing.entries()) {
      const { users } = (await olga.get<PresencePage>(`/v1/channels/${name}/presence`)).body
      expect(users.map(({ user }) => user)).toEqual(['olga'])
      const seen = members[index]
      await seen?.ok('ping')
      expect([seen?.events('signal'), seen?.events('changes'), seen?.events('presence')]).toEqual([[], [], []])
    }
    for (const name of absent) expect((await olga.get(`/v1/channels/${name}`)).code).toBe('not_found')
  })
})
