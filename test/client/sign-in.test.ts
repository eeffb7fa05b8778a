/** One client, and then another user signs in: on a shared machine, or a guest who registers. */
import { createClient, type TransportName } from 'dovetail-client'
import { describe, expect, onTestFinished, test } from 'vitest'
import { at, freshChannel } from '../support/paths.ts'
import { serving } from '../support/servers/serving.ts'
import { tokenFor } from '../support/servers/token-for.ts'
import { when } from './when.ts'

const server = serving({ limits: { leewaySeconds: 1 } })
const transports: TransportName[] = ['websocket', 'sse', 'long-poll']

describe.each(transports)('over %s', (transport) => {
  const opened = (options: { token?: string; getToken?: () => Promise<string | null> }) => {
    const client = createClient({ url: server.url, transport, storage: null, ...options })
    onTestFinished(() => client.close())
    const name = freshChannel()
    const channel = client.channel(name)
    return { client, name, view: channel.collection('messages').live(), presence: channel.presence() }
  }
  const lastAuthor = ({ view }: ReturnType<typeof opened>) => {
    const row = view.records.at(-1)
    return row?.status === 'acknowledged' ? row.record.author : null
  }

  test('[WSK8] another user’s token begins a connection of theirs, and what is written from then on is theirs', async () => {
    const all = opened({ token: await tokenFor('ana') })
    const { client, view, presence } = all
    view.create({ text: 'hers' })
    await when(view, () => lastAuthor(all) === 'ana')
    client.signIn(await tokenFor('bo'))
    view.create({ text: 'his' })
    await when(view, ({ state, records }) => state === 'live' && records.length === 2 && lastAuthor(all) === 'bo')
    expect(client.state).toMatchObject({ name: 'open', user: 'bo' })
    await expect.poll(() => presence.users.map(({ user }) => user)).toContain('bo')
  })

  test('[WSK8, WSK25] a source of tokens that gives another user’s does so too', async () => {
    const tokens = [await tokenFor('ana', { ttl: 4 }), await tokenFor('bo')]
    const all = opened({ getToken: async () => (tokens.length > 1 ? tokens.shift() : tokens[0]) ?? null })
    const { client, view, name } = all
    const rest = await server.rest('cy')
    const tick = async () => {
      // A parked poll goes on with the new token; its end tells.
      await rest.post(at(name), { text: 'tick' })
      return client.state
    }
    await expect.poll(tick, { interval: 300 }).toMatchObject({ user: 'bo', name: 'open' })
    view.create({ text: 'his' })
    await when(view, () => lastAuthor(all) === 'bo')
  })
})
