/**
 * The backend of a chat with an assistant: it answers each question of a channel, and appends the answer to one record as
 * the model gives it. Nobody has to be there while it writes. A signal `stop` ends an answer.
 */
import { type LanguageModel, streamText } from 'ai'
import type { Client, LiveRecord } from 'dovetail-client'
import type { Chats, Turn } from './chats.ts'

/** Answers what is asked from now on, until `signal` aborts. `client`: with the token of a service. */
export async function assist(client: Client<Chats>, chat: string, model: LanguageModel, signal: AbortSignal) {
  const channel = client.channel(`chat:${chat}`)
  const answering = new Map<string, AbortController>()
  const stopListening = channel.onSignal(({ type, data }) => {
    if (type === 'stop') answering.get((data as { question: string }).question)?.abort()
  })
  signal.addEventListener('abort', stopListening)
  for await (const each of channel.follow({ signal })) {
    if (each.type === 'reset') continue
    for (const { record } of each.changes) {
      const isNew = !record.deleted && record.rev === record.pos
      const question = record as LiveRecord<Turn>
      if (isNew && question.data.role === 'user') void answer(question)
    }
  }

  async function answer({ id, data }: LiveRecord<Turn>): Promise<void> {
    const messages = channel.collection('messages')
    const control = new AbortController()
    answering.set(id, control)
    let record: LiveRecord<Turn> | null = null
    const appended: Promise<void>[] = []
    let state: Turn['state'] = 'done'
    try {
      const { textStream } = streamText({ model, prompt: data.text, abortSignal: control.signal })
      for await (const text of textStream) {
        // Not waited for: pieces keep their order, and those that come while one is sent go together.
        if (record !== null) appended.push(messages.append(record.id, '/text', text))
        else record = await messages.create({ role: 'assistant', text, replyTo: id, state: 'writing' })
      }
      await Promise.all(appended)
    } catch {
      state = 'failed'
    }
    answering.delete(id)
    if (control.signal.aborted) state = 'stopped'
    if (record !== null) await messages.update(record.id, { state })
  }
}
