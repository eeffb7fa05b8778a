/** The example `examples/ai-answer`, with a model that the test plays. */
import type { UIMessage, UIMessageChunk } from 'ai'
import { MockLanguageModelV3 } from 'ai/test'
import { createClient } from 'dovetail-client'
import { growing } from 'dovetail-client/growing'
import { expect, onTestFinished, test } from 'vitest'
import { assist } from '../../examples/ai-answer/assistant.ts'
import type { Chats } from '../../examples/ai-answer/chats.ts'
import { LogTransport } from '../../examples/ai-answer/transport.ts'
import { serving } from '../support/servers/serving.ts'
import { type TokenOptions, tokenFor } from '../support/servers/token-for.ts'

const server = serving()
let chats = 0

async function open(user: string, options?: TokenOptions) {
  const token = await tokenFor(user, options)
  const client = createClient<Chats>({ url: server.url, storage: null, token, growing })
  onTestFinished(() => client.close())
  return client
}

type ModelStream = Awaited<ReturnType<MockLanguageModelV3['doStream']>>['stream']
type ModelPart = ModelStream extends ReadableStream<infer Part> ? Part : never

/** A model that says what it is given to say, and an assistant who answers by it. */
async function assistant() {
  let speak: ReadableStreamDefaultController<ModelPart> | null = null
  let stopped = false
  const model = new MockLanguageModelV3({
    doStream: async ({ abortSignal }) => {
      const stream: ModelStream = new ReadableStream({
        start: (control) => {
          speak = control
          control.enqueue({ type: 'stream-start', warnings: [] })
          control.enqueue({ type: 'text-start', id: '1' })
          abortSignal?.addEventListener('abort', () => {
            stopped = true
            control.error(abortSignal.reason)
          })
        },
      })
      return { stream }
    },
  })
  const chat = `ai-${++chats}`
  const client = await open('assistant', { role: 'service' })
  const end = new AbortController()
  const over = assist(client, chat, model, end.signal)
  over.catch(() => undefined)
  onTestFinished(() => end.abort())
  await expect.poll(() => client.state.name, { timeout: 45_000 }).toBe('open')
  const say = async (text: string) => {
    await expect.poll(() => speak !== null, { timeout: 45_000 }).toBe(true)
    speak?.enqueue({ type: 'text-delta', id: '1', delta: text })
  }
  const finish = () => {
    const none = { total: 0, noCache: 0, cacheRead: 0, cacheWrite: 0, text: 0, reasoning: 0 }
    speak?.enqueue({ type: 'text-end', id: '1' })
    speak?.enqueue({
      ...{ type: 'finish', finishReason: { unified: 'stop', raw: 'stop' } },
      usage: { inputTokens: none, outputTokens: none },
    })
    speak?.close()
  }
  return { chat, say, finish, isStopped: () => stopped }
}

const ask = (text: string): UIMessage => ({ id: 'q', role: 'user', parts: [{ type: 'text', text }] })

/** Reads a stream until the text fits, or to its end. */
async function read(stream: ReadableStream<UIMessageChunk>, until: (text: string) => boolean): Promise<string> {
  const reader = stream.getReader()
  let text = ''
  while (!until(text)) {
    const { done, value } = await reader.read()
    if (done) break
    if (value.type === 'text-delta') text += value.delta
  }
  reader.releaseLock()
  return text
}

test('an answer streams, and a page that is loaded again in the middle has all of it', {
  timeout: 120_000,
}, async () => {
  const { chat, say, finish } = await assistant()
  const first = new LogTransport(await open('ana'))
  const sent = { trigger: 'submit-message', chatId: chat, messageId: undefined, abortSignal: undefined } as const
  const stream = await first.sendMessages({ ...sent, messages: [ask('Tell me a story')] })
  await say('Once')
  await say(' upon')
  expect(await read(stream, (text) => text === 'Once upon')).toBe('Once upon')
  await stream.cancel()
  const again = await new LogTransport(await open('ana')).reconnectToStream({ chatId: chat })
  if (again === null) throw new Error('there is nothing to go on with')
  await say(' a')
  await say(' time')
  finish()
  expect(await read(again, () => false)).toBe('Once upon a time')
  expect(await first.reconnectToStream({ chatId: chat })).toBeNull()
})

test('a signal stops an answer, and what was said stays', { timeout: 120_000 }, async () => {
  const { chat, say, isStopped } = await assistant()
  const client = await open('ana')
  const stop = new AbortController()
  const sent = { trigger: 'submit-message', chatId: chat, messageId: undefined, abortSignal: stop.signal } as const
  const stream = await new LogTransport(client).sendMessages({ ...sent, messages: [ask('Count for ever')] })
  await say('One')
  await say(' two')
  expect(await read(stream, (text) => text === 'One two')).toBe('One two')
  stop.abort()
  expect(await read(stream, () => false)).toBe('')
  expect(isStopped()).toBe(true)
  const { records } = await client.channel(`chat:${chat}`).collection('messages').list()
  expect(records.at(-1)?.data).toMatchObject({ text: 'One two', state: 'stopped' })
})
