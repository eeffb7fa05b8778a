/** The SDK in a backend: it writes for the users of its application, or is refused. */
import { createClient } from 'dovetail-client'
import { expect, onTestFinished, test } from 'vitest'
import { freshChannel } from '../support/paths.ts'
import { serving } from '../support/servers/serving.ts'
import { type TokenOptions, tokenFor } from '../support/servers/token-for.ts'

const server = serving()

async function messagesOf(user: string, options?: TokenOptions) {
  const client = createClient({ url: server.url, storage: null, token: await tokenFor(user, options) })
  onTestFinished(() => client.close())
  return { client, messages: client.channel(freshChannel()).collection('messages') }
}

test.each(['over REST', 'over a socket'])('[IDM12, A4] a service writes for a user, %s', async (way) => {
  const { client, messages } = await messagesOf('backend', { role: 'service' })
  if (way === 'over a socket') {
    const view = messages.live()
    await expect.poll(() => view.state).toBe('live')
    expect(client.state.name).toBe('open')
  }
  const made = await messages.create({ text: 'for her' }, { author: 'ana' })
  expect(made.author).toBe('ana')
  expect((await messages.update(made.id, { text: 'hers' }, { author: 'ana' })).data).toEqual({ text: 'hers' })
  expect((await messages.replace(made.id, { text: 'all' }, { author: 'ana', ifRev: made.rev + 1 })).author).toBe('ana')
  expect(await messages.delete(made.id, { author: 'ana', ifRev: made.rev + 2 })).not.toBeUndefined()
})

test('[IDM12, A4] a user who writes for another is refused', async () => {
  const { messages } = await messagesOf('bob')
  await expect(messages.create({ text: 'for her' }, { author: 'ana' })).rejects.toMatchObject({ code: 'forbidden' })
})
