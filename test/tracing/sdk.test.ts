/** The SDK's part of a trace: its writes and its receipts, over each transport. */
import { createTracedClient } from 'dovetail-client/tracing'
import { expect, onTestFinished, test } from 'vitest'
import { when } from '../client/when.ts'
import { startServer } from '../support/servers/serving.ts'
import { tokenFor } from '../support/servers/token-for.ts'
import { Kept, spanNamed, traceOf } from './traced.ts'

test.each(['websocket', 'sse', 'long-poll'] as const)(
  '[TRC3] a write’s trace goes from the writer’s SDK to the receipt of another: by %s',
  async (transport) => {
    const [serverSpans, writerSpans, readerSpans] = [new Kept(), new Kept(true), new Kept(true)]
    const server = await startServer({ tracing: { provider: serverSpans.provider } })
    onTestFinished(() => server.stop())
    const clientOf = async (user: string, { provider }: Kept) => {
      const options = { url: server.url, token: await tokenFor(user), storage: null, transport }
      const client = createTracedClient({ ...options, tracerProvider: provider })
      onTestFinished(() => client.close())
      return client
    }
    const writer = await clientOf('alice', writerSpans)
    const reader = await clientOf('bob', readerSpans)
    const view = reader.channel('chat:a').collection('messages').live()
    onTestFinished(() => view.close())
    await when(view, ({ state }) => state === 'live')
    writer.connect()
    await when(writer, ({ state }) => state.name === 'open')
    const messages = writer.channel('chat:a').collection('messages')
    const { id } = await messages.create({ text: 'hello' })
    await when(view, ({ records }) => records.length === 1)
    await readerSpans.ended('receive chat:{name}')
    await serverSpans.ended('deliver chat:{name}')
    const trace = spanNamed(writerSpans, 'create chat:{name}').spanContext().traceId
    const received = { name: 'receive chat:{name}', kind: 'CONSUMER', parent: 'deliver chat:{name}' }
    const all = traceOf([serverSpans, writerSpans, readerSpans], trace)
    expect(all).toContainEqual({ name: 'create chat:{name}', kind: 'PRODUCER' })
    expect(all).toContainEqual(received)
    expect(all.filter(({ name }) => name === 'commit chat:{name}')).toHaveLength(1)

    await messages.append(id, '/text', ', all')
    await when(view, ({ records }) => JSON.stringify(records[0]?.data) === '{"text":"hello, all"}')
    await readerSpans.ended('receive chat:{name}')
    const appended = spanNamed(writerSpans, 'append chat:{name}').spanContext().traceId
    expect(traceOf([serverSpans], appended)).toContainEqual(expect.objectContaining({ name: 'commit chat:{name}' }))
    readerSpans.forget()
    view.create({ text: 'by a view' })
    await readerSpans.ended('receive chat:{name}')
    const [byView] = readerSpans.spans.map((span) => span.spanContext().traceId)
    expect(traceOf([serverSpans, readerSpans], byView)).toContainEqual({ name: 'create chat:{name}', kind: 'PRODUCER' })
    await expect(messages.update('no-such-id', {})).rejects.toThrow()
    expect(spanNamed(writerSpans, 'patch chat:{name}').attributes).toMatchObject({ 'error.type': 'not_found' })
  },
)
