/**
 * A `ChatTransport` for `useChat` of the `ai` package over Dovetail: a question is a record, and so is its answer, which
 * grows. The stream that `useChat` reads is made from the log, so a page that is loaded again goes on where the answer is.
 */
import type { ChatTransport, UIMessage, UIMessageChunk } from 'ai'
import type { Channel, Client } from 'dovetail-client'
import type { Chats } from './chats.ts'

type Sent = Parameters<ChatTransport<UIMessage>['sendMessages']>[0]

export class LogTransport implements ChatTransport<UIMessage> {
  /** What `reconnectToStream` gives begins with the first word of the answer. */
  readonly resumeStreamIsReplay = true
  readonly #client: Client<Chats>

  /** `client`: made with `growing`, so that each word does not bring the whole answer. */
  constructor(client: Client<Chats>) {
    this.#client = client
  }

  async sendMessages({ chatId, messages, abortSignal }: Sent): Promise<ReadableStream<UIMessageChunk>> {
    const channel = this.#client.channel(`chat:${chatId}`)
    const parts = messages.at(-1)?.parts ?? []
    const text = parts.map((part) => (part.type === 'text' ? part.text : '')).join('')
    const { id } = await channel.collection('messages').create({ role: 'user', text })
    abortSignal?.addEventListener('abort', () => void channel.signal('stop', { question: id }))
    return answerTo(channel, id)
  }

  /** The answer that is being written; `null`: none is. */
  async reconnectToStream({ chatId }: { chatId: string }): Promise<ReadableStream<UIMessageChunk> | null> {
    const channel = this.#client.channel(`chat:${chatId}`)
    const { records } = await channel.collection('messages').list({ limit: 1 })
    const [last] = records
    if (last?.data.state !== 'writing' || last.data.replyTo === undefined) return null
    return answerTo(channel, last.data.replyTo)
  }
}

const part = { id: 'text' } as const

/** The answer to a question, from its first word to its end. */
function answerTo(channel: Channel<Chats, `chat:${string}`>, question: string): ReadableStream<UIMessageChunk> {
  const view = channel.collection('messages').live({ limit: 20 })
  let shown = 0
  let hasBegun = false
  const show = (stream: ReadableStreamDefaultController<UIMessageChunk>): void => {
    const row = view.getSnapshot().records.find(({ data }) => data.replyTo === question)
    if (row?.record === undefined || row.record === null || shown === Number.POSITIVE_INFINITY) return
    const { text, state } = row.data
    if (!hasBegun) stream.enqueue({ type: 'start', messageId: row.record.id })
    if (!hasBegun) stream.enqueue({ type: 'text-start', ...part })
    hasBegun = true
    if (text.length > shown) stream.enqueue({ type: 'text-delta', ...part, delta: text.slice(shown) })
    shown = text.length
    if (state === 'writing') return
    shown = Number.POSITIVE_INFINITY
    stream.enqueue({ type: 'text-end', ...part })
    stream.enqueue({ type: 'finish' })
    stream.close()
    view.close()
  }
  return new ReadableStream({
    start: (stream) => {
      view.subscribe(() => show(stream))
      show(stream)
    },
    cancel: () => view.close(),
  })
}
