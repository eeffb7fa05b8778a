import { createClient, type TransportName } from 'dovetail-client'
import { describe, expect, onTestFinished, test } from 'vitest'
import { when } from '../../client/when.ts'
import { at, freshChannel } from '../../support/paths.ts'
import { serving } from '../../support/servers/serving.ts'
import { tokenFor } from '../../support/servers/token-for.ts'

const transports: TransportName[] = ['websocket', 'sse', 'long-poll']

describe.each(transports)('B60, over %s', (transport) => {
  const server = serving()

  async function open(channel: string, fetch = globalThis.fetch) {
    const client = createClient({ url: server.url, token: await tokenFor('ana'), transport, storage: null, fetch })
    onTestFinished(() => client.close())
    const messages = client.channel(channel).collection('messages')
    const rest = await server.rest('bo')
    const readers = async () => (await rest.get<{ readers: number }>(`/v1/channels/${channel}`)).body.readers
    const post = (text: string) => rest.post(at(channel), { text })
    return { client, messages, readers, post }
  }

  test('[WSK13, WSK14] B60: quick follows and unfollows that end followed show each change once, on one subscription', async () => {
    const channel = freshChannel()
    const { messages, readers, post } = await open(channel)
    for (let flips = 0; flips < 50; flips++) messages.live().close()
    const view = messages.live()
    let updates = 0
    view.subscribe(() => {
      updates += view.records.some(({ data }) => data.text === 'once') ? 1 : 0
    })
    await when(view, ({ state }) => state === 'live')
    await expect.poll(readers).toBe(1)
    await post('once')
    await when(view, ({ records }) => records.length === 1)
    await post('after')
    await when(view, ({ records }) => records.length === 2)
    expect(view.records.map(({ data }) => data.text)).toEqual(['once', 'after'])
    expect(updates).toBe(2)
  })

  test('[WSK14] B60: quick follows and unfollows that end unfollowed leave no subscription, and report nothing', async () => {
    const channel = freshChannel()
    const { messages, readers, post } = await open(channel)
    const kept = messages.live()
    await when(kept, ({ state }) => state === 'live')
    let updates = 0
    for (let flips = 0; flips < 50; flips++) {
      const view = messages.live()
      view.subscribe(() => {
        updates += 1
      })
      view.close()
    }
    kept.close()
    await expect.poll(readers).toBe(0)
    await post('unheard')
    expect([await readers(), updates]).toEqual([0, 0])
  })

  test('[WSK13] B60: when one of two followers leaves, the other still receives changes', async () => {
    const channel = freshChannel()
    const { messages, post } = await open(channel)
    const [one, two] = [messages.live(), messages.live()]
    await when(one, ({ state }) => state === 'live')
    await when(two, ({ state }) => state === 'live')
    one.close()
    await post('for the other')
    await when(two, ({ records }) => records.length === 1)
    expect(one.records).toHaveLength(0)
  })

  test('[WSK14] B60: a channel that is left while it is being joined is not followed, nor requested again', async () => {
    const slowly: typeof fetch = async (...asked) => {
      const answer = await fetch(...asked)
      await new Promise((resolve) => setTimeout(resolve, 150))
      return answer
    }
    const [kept, left] = [freshChannel(), freshChannel()]
    const { client, post } = await open(kept, slowly)
    const rest = await server.rest('bo')
    for (const text of ['one', 'two']) await rest.post(at(left), { text })
    const view = client.channel(kept).collection('messages').live()
    await when(view, ({ state }) => state === 'live')
    const gone = client.channel(left).collection('messages').live()
    await new Promise((resolve) => setTimeout(resolve, 80))
    gone.close()
    await post('for who stayed')
    await when(view, ({ records }) => records.length === 1)
    await new Promise((resolve) => setTimeout(resolve, 500))
    const asked: unknown[] = []
    client.trace(({ direction, frame }) => direction === 'up' && asked.push(JSON.stringify(frame)))
    await post('and on')
    await when(view, ({ records }) => records.length === 2)
    await new Promise((resolve) => setTimeout(resolve, 500))
    expect(asked.filter((frame) => String(frame).includes(encodeURIComponent(left)))).toEqual([])
    expect((await rest.get<{ readers: number }>(`/v1/channels/${left}`)).body.readers).toBe(0)
  })
})
