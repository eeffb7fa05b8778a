/** Tracing on one node: what comes in, what is off, what the log says, and what pages of other origins may send. */
import { AsyncLocalStorage } from 'node:async_hooks'
import { type Context, context, ROOT_CONTEXT } from '@opentelemetry/api'
import { expect, onTestFinished, test } from 'vitest'
import { embedded } from '../embedding/embedded.ts'
import { at } from '../support/paths.ts'
import { type ServingOptions, startServer } from '../support/servers/serving.ts'
import { Kept, sampled, spanNamed, traceId, traceOf } from './traced.ts'

async function server(options: ServingOptions = {}) {
  const started = await startServer(options)
  onTestFinished(() => started.stop())
  return started
}

const message = 'POST /v1/channels/:ch/:col'

test.each(['garbage', `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`, `ff-${traceId}-00f067aa0ba902b7-01`])(
  '[TRC1] the traceparent %s is passed over: the request begins a trace of its own',
  async (traceparent) => {
    const kept = new Kept(true)
    const { rest, connect } = await server({ tracing: { provider: kept.provider } })
    const alice = await rest('alice')
    expect((await alice.post(at('chat:a'), { text: 'hello' }, { traceparent })).status).toBe(201)
    const socket = await connect('alice')
    const create = { channel: 'chat:a', collection: 'messages', data: { text: 'hello' }, traceparent }
    await socket.ok('create', create)
    await kept.ended(message, 'create chat:{name}')
    for (const name of [message, 'create chat:{name}']) {
      const span = spanNamed(kept, name)
      expect([span.parentSpanContext, span.spanContext().traceId]).not.toContain(traceId)
      expect(span.parentSpanContext).toBeUndefined()
    }
  },
)

test('[TRC1] a server that traces nothing passes over every traceparent, and sends no trace', async () => {
  const { rest, connect } = await server()
  const socket = await connect('bob')
  await socket.subscribe('chat:a', { traces: true, traceparent: sampled })
  const alice = await rest('alice')
  expect((await alice.post(at('chat:a'), { text: 'hello' }, { traceparent: sampled })).status).toBe(201)
  const { changes } = await socket.next('changes', 'chat:a')
  expect(changes.map(({ trace: sent }) => sent)).toEqual([undefined])
})

test('[TRC4] pages of other origins may send both headers', async () => {
  const { rest } = await server()
  const { headers } = await (await rest()).send('OPTIONS', at('chat:a'), {
    origin: 'https://app.example',
    'access-control-request-method': 'POST',
    'access-control-request-headers': 'authorization,content-type,traceparent,baggage',
  })
  const allowed = String(headers['access-control-allow-headers']).toLowerCase()
  for (const name of ['authorization', 'content-type', 'traceparent', 'tracestate', 'baggage'])
    expect(allowed).toContain(name)
})

test('a group commit is linked to the other requests that it commits', async () => {
  const kept = new Kept(true)
  const { rest } = await server({ store: 'sqlite', tracing: { provider: kept.provider } })
  // A user's requests take turns (LIM39), so that few of them would meet in one commit; a service's do not.
  const backend = await rest('backend', { role: 'service' })
  await Promise.all(Array.from({ length: 20 }, (_, i) => backend.post(at('chat:a'), { text: `${i}` })))
  await kept.ended(message)
  const commits = kept.spans.filter(({ name }) => name === 'commit chat:{name}')
  expect(commits).toHaveLength(20)
  const shared = commits.filter(({ attributes }) => Number(attributes['messaging.batch.message_count']) > 1)
  expect(shared.length).toBeGreaterThan(0)
  for (const span of shared) {
    expect(span.links.length).toBeGreaterThan(0)
    expect(span.links.map(({ context: other }) => other.traceId)).not.toContain(span.spanContext().traceId)
  }
})

test('a write of the application’s own code is a part of the span in which it runs', async () => {
  const storage = new AsyncLocalStorage<Context>()
  context.setGlobalContextManager({
    active: () => storage.getStore() ?? ROOT_CONTEXT,
    with: (within, run, receiver, ...args) => storage.run(within, () => run.apply(receiver, args)),
    bind: (_within, target) => target,
    enable: () => context as never,
    disable: () => context as never,
  })
  onTestFinished(() => context.disable())
  const kept = new Kept(true)
  const dovetail = await embedded({ tracing: { provider: kept.provider } })
  const tracer = kept.provider.getTracer('the application')
  await tracer.startActiveSpan('checkout', async (span) => {
    await dovetail.channel('orders:7').collection('events').create({ state: 'paid' })
    span.end()
  })
  const id = spanNamed(kept, 'checkout').spanContext().traceId
  expect(traceOf([kept], id)).toEqual([
    { name: 'checkout', kind: 'INTERNAL' },
    { name: 'commit orders:{name}', kind: 'INTERNAL', parent: 'create orders:{name}' },
    { name: 'create orders:{name}', kind: 'INTERNAL', parent: 'checkout' },
    { name: 'publish orders:{name}', kind: 'PRODUCER', parent: 'create orders:{name}' },
  ])
})
