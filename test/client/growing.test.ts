/** The SDK with a text that grows: pieces on the wire, whole records in views and in `follow`. */
import { type Client, type ClientOptions, createClient } from 'dovetail-client'
import { growing } from 'dovetail-client/growing'
import { expect, onTestFinished, test } from 'vitest'
import { freshChannel } from '../support/paths.ts'
import { serving } from '../support/servers/serving.ts'
import { tokenFor } from '../support/servers/token-for.ts'

const server = serving()
const generous = { timeout: 45_000 }
const first = 'The first words, which are there before anybody reads, so that pieces are shorter than the whole. '

async function open(options: ClientOptions = {}): Promise<Client> {
  const client = createClient({ url: server.url, storage: null, token: await tokenFor('ana'), ...options })
  onTestFinished(() => client.close())
  return client
}

/** Counts the changes that came as pieces, and as whole records. */
function counting(client: Client) {
  const seen = { pieces: 0, records: 0 }
  client.trace(({ direction, frame: sent }) => {
    const frame = sent as { op?: string; changes?: object[] }
    if (direction !== 'down' || frame.op !== 'changes') return
    for (const change of frame.changes ?? []) seen['append' in change ? 'pieces' : 'records'] += 1
  })
  return seen
}

const words = Array.from({ length: 60 }, (_, n) => `word${n} `)
const whole = first + words.join('')

test.each(['websocket', 'sse', 'long-poll'] as const)(
  '[APP6] a view grows with what is appended, from pieces where the line has them, over %s',
  async (transport) => {
    const channel = freshChannel()
    const messages = (await open()).channel(channel).collection('messages')
    const { id } = await messages.create({ text: first })
    const reader = await open({ growing, transport })
    const seen = counting(reader)
    const view = reader.channel(channel).collection('messages').live()
    const texts = () => view.records.map(({ data }) => data.text)
    await expect.poll(texts, generous).toEqual([first])
    const before = view.records[0]
    await Promise.all(words.map((word) => messages.append(id, '/text', word)))
    await expect.poll(texts, generous).toEqual([whole])
    expect(before?.data).toEqual({ text: first })
    expect(view.records[0]?.record?.rev).toBeGreaterThan(1)
    if (transport === 'long-poll') expect(seen.pieces).toBe(0)
    else expect([seen.pieces > 0, seen.records]).toEqual([true, 0])
  },
)

test('[APP8] a reader that comes in the middle has the text so far, and all that follows', async () => {
  const channel = freshChannel()
  const messages = (await open()).channel(channel).collection('messages')
  const { id } = await messages.create({ text: first })
  const following = await open({ growing })
  const texts: string[] = []
  const follow = (async () => {
    for await (const each of following.channel(channel).follow())
      for (const { record } of each.type === 'changes' ? each.changes : [])
        if (!record.deleted) texts.push((record.data as { text: string }).text)
  })()
  follow.catch(() => undefined)
  await expect.poll(() => following.state.name, generous).toBe('open')
  const views = []
  for (const [index, word] of words.entries()) {
    await messages.append(id, '/text', word)
    if (index % 20 === 10) views.push((await open({ growing })).channel(channel).collection('messages').live())
  }
  for (const view of views)
    await expect.poll(() => view.records.map(({ data }) => data.text), generous).toEqual([whole])
  await expect.poll(() => texts.at(-1), generous).toBe(whole)
  // Each is what was there before, and more.
  for (const [index, text] of texts.entries()) expect(text.startsWith(texts[index - 1] ?? first)).toBe(true)
})

test.each(['over REST', 'over a socket'])(
  '[APP4] text that is not waited for is appended in order, once, %s',
  async (way) => {
    const client = await open()
    const messages = client.channel(freshChannel()).collection('messages')
    const { id } = await messages.create({ text: first })
    if (way === 'over a socket') {
      const view = messages.live()
      await expect.poll(() => view.state, generous).toBe('live')
    }
    await Promise.all(words.map((word) => messages.append(id, '/text', word)))
    const { data, rev } = await messages.get(id)
    expect(data.text).toBe(whole)
    // What came while one was sent went together.
    expect(rev).toBeLessThan(10)
  },
)

test('[APP4] an answer that is lost is asked for again, and appends once', async () => {
  let cut = 3
  const fetchCut: typeof fetch = async (...request) => {
    const response = await fetch(...request)
    if (String(request[0]).endsWith('/v1/batch') && cut-- > 0) throw new TypeError('cut')
    return response
  }
  const messages = (await open({ fetch: fetchCut })).channel(freshChannel()).collection('messages')
  const { id } = await messages.create({ text: first })
  await Promise.all(words.map((word) => messages.append(id, '/text', word)))
  expect((await messages.get(id)).data.text).toBe(whole)
})

test('[APP4] after text that is refused, what waited behind it is refused too', async () => {
  const messages = (await open()).channel(freshChannel()).collection('messages')
  const { id } = await messages.create({ text: first })
  const outcomes = await Promise.allSettled([
    messages.append(id, '/text', 'one '),
    messages.append(id, '/none', 'two '),
    messages.append(id, '/text', 'three '),
  ])
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected'])
  expect((await messages.get(id)).data.text).toBe(`${first}one `)
  await messages.append(id, '/text', 'four')
  expect((await messages.get(id)).data.text).toBe(`${first}one four`)
})

test('[APP4] with a storage, text waits for the server over a reload, and is appended once', async () => {
  const kept = new Map<string, string>()
  const storage = {
    get length() {
      return kept.size
    },
    key: (index: number) => [...kept.keys()][index] ?? null,
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  }
  const channel = freshChannel()
  const { id } = await (await open()).channel(channel).collection('messages').create({ text: first })
  const lossy: typeof fetch = async (...request) => {
    const response = await fetch(...request)
    if (String(request[0]).endsWith('/v1/batch')) throw new TypeError('cut')
    return response
  }
  const writer = await open({ storage, fetch: lossy })
  const lost = words.map((word) => writer.channel(channel).collection('messages').append(id, '/text', word))
  for (const each of lost) each.catch(() => undefined)
  await expect
    .poll(async () => (await (await open()).channel(channel).collection('messages').get(id)).data.text, generous)
    .not.toBe(first)
  writer.close()
  expect(kept.size).toBeGreaterThan(0)
  const next = await open({ storage })
  const view = next.channel(channel).collection('messages').live()
  await expect
    .poll(() => view.records.map(({ status, data }) => [status, data.text]), generous)
    .toEqual([['acknowledged', whole]])
  expect(kept.size).toBe(0)
})
