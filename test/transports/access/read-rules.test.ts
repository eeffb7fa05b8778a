import type { ChannelList, MyChannelList, SearchReply } from 'dovetail-protocol'
import { type Config, defineConfig } from 'dovetail-server'
import Type from 'typebox'
import { describe, expect, test } from 'vitest'
import type { Rest } from '../../support/clients/rest.ts'
import { at } from '../../support/paths.ts'
import { serving, stores } from '../../support/servers/serving.ts'

const collections = {
  notes: { schema: Type.Object({ text: Type.String() }), search: ['text'], write: 'guest' },
  members: { schema: Type.Object({ user: Type.String(), role: Type.String() }), id: ({ user }) => String(user) },
} satisfies Config['channels'][string]['collections']

const soon = <Answer>(answer: Answer): Promise<Answer> => new Promise((resolve) => setTimeout(() => resolve(answer), 5))

/** Each namespace lets its members read, by a rule that answers differently. */
const config = defineConfig({
  channels: {
    now: { read: ({ member }) => member !== null, create: 'guest', collections },
    later: { read: ({ member }) => soon(member !== null), create: 'guest', collections },
    throws: {
      read: () => {
        throw new Error('this rule is broken')
      },
      create: 'guest',
      collections,
    },
    rejects: { read: () => Promise.reject(new Error('this rule is broken')), create: 'guest', collections },
    open: { read: 'anyone', create: 'guest', collections },
  },
})

describe.each(stores)('rules that are functions, %s store', (store) => {
  const server = serving({ store, config })

  async function opened(channel: string): Promise<{ olga: Rest; bob: Rest }> {
    const [olga, bob] = await Promise.all([server.rest('olga'), server.rest('bob')])
    await olga.put(`/v1/channels/${channel}`, { title: 'a secret title' })
    await olga.post(at(channel, 'notes'), { text: `treasure of ${channel}` })
    return { olga, bob }
  }
  const namesIn = async (rest: Rest, prefix: string) =>
    (await rest.get<ChannelList>(`/v1/channels?prefix=${prefix}`)).body.channels.map(({ name }) => name)
  const found = async (rest: Rest) =>
    (await rest.get<SearchReply>('/v1/search?q=treasure')).body.hits.map(({ channel }) => channel)

  test.each(['now', 'later'])(
    '[ERR3, SEA10, RST2] what a rule that answers %s hides appears in no list and no search',
    async (ns) => {
      const channel = `${ns}:hidden`
      const { olga, bob } = await opened(channel)
      expect((await bob.get(at(channel, 'notes'))).status).toBe(403)
      expect(await namesIn(bob, channel)).toEqual([])
      expect(await namesIn(await server.rest(), channel)).toEqual([])
      expect(await found(bob)).not.toContain(channel)
      expect(await namesIn(olga, channel)).toEqual([channel])
      expect(await found(olga)).toContain(channel)
    },
  )

  test.each(['now', 'later'])(
    '[RST29] a channel that a rule that answers %s no longer lets the user read is not in their list',
    async (ns) => {
      const channel = `${ns}:mine`
      const { olga, bob } = await opened(channel)
      const mine = async () => (await bob.get<MyChannelList>('/v1/me/channels')).body.channels.map(({ name }) => name)
      await olga.post(at(channel, 'members'), { user: 'bob', role: 'member' })
      await bob.put(`/v1/me/channels/${channel}`, { read: 1 })
      expect(await mine()).toContain(channel)
      await olga.delete(at(channel, 'members', 'bob'))
      expect(await mine()).not.toContain(channel)
    },
  )

  test.each(['now', 'later'])('[WSK23] a lost membership ends the reader also if the rule answers %s', async (ns) => {
    const channel = `${ns}:cut`
    const { olga } = await opened(channel)
    await olga.post(at(channel, 'members'), { user: 'bob', role: 'member' })
    const socket = await server.connect('bob')
    await socket.subscribe(channel)
    await olga.delete(at(channel, 'members', 'bob'))
    expect(await socket.next('ended', channel)).toMatchObject({ reason: 'forbidden' })
    await olga.post(at(channel, 'notes'), { text: 'after' })
    expect(JSON.stringify(socket.frames)).not.toContain('after')
  })

  test.each(['throws', 'rejects'])('[RST2, SEA6] a rule that %s closes its own channels and no others', async (ns) => {
    await opened(`open:${ns}`)
    const { bob } = await opened(`${ns}:a`)
    expect((await bob.get(at(`${ns}:a`, 'notes'))).code).toBe('internal')
    expect(await namesIn(bob, ns)).toEqual([])
    expect(await namesIn(bob, 'open:')).toContain(`open:${ns}`)
    expect(await found(bob)).toContain(`open:${ns}`)
  })
})
