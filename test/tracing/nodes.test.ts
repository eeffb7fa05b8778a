/** The trace of a write, over two nodes. */
import { expect, onTestFinished, test } from 'vitest'
import { startNodes } from '../cluster/nodes.ts'
import { postgresAndRedis } from '../cluster/postgres-and-redis.ts'
import { openStream } from '../support/clients/event-stream.ts'
import { at } from '../support/paths.ts'
import { Kept, sampled, spanNamed, traceId, traceOf, unsampled } from './traced.ts'

const services = postgresAndRedis()
const message = 'POST /v1/channels/:ch/:col'

const backbones = ['PostgreSQL alone', 'PostgreSQL and Redis'] as const

async function twoNodes(over: (typeof backbones)[number]) {
  const store = await services.postgres.createDatabase(`traced_${over.length}_${Date.now()}`)
  const backbone = over === 'PostgreSQL alone' ? {} : { backbone: services.redis.url }
  const kept = [new Kept(), new Kept()] as const
  const started = await Promise.all(
    kept.map(({ provider }) => startNodes(1, { store, ...backbone, tracing: { provider } })),
  )
  onTestFinished(async () => void (await Promise.all(started.map(({ stop }) => stop()))))
  const [here, there] = started.flatMap(({ nodes }) => nodes)
  if (here === undefined || there === undefined) throw new Error('two nodes were started')
  return { here, there, kept }
}

test.each(backbones)('[TRC3] a traced write goes on to the readers of both nodes: %s', async (over) => {
  const { here, there, kept } = await twoNodes(over)
  const [near, far] = [await here.connect('bob'), await there.connect('bob')]
  await Promise.all([near, far].map((socket) => socket.subscribe('chat:a', { traces: true })))
  const plain = await there.connect('cleo')
  await plain.subscribe('chat:a')
  const alice = await here.rest('alice')
  expect((await alice.post(at('chat:a'), { text: 'hello' }, { traceparent: sampled })).status).toBe(201)

  const [atNear, atFar, atPlain] = await Promise.all(
    [near, far, plain].map(async (socket) => (await socket.next('changes', 'chat:a')).changes[0]),
  )
  await kept[0].ended('deliver chat:{name}', message)
  await kept[1].ended('deliver chat:{name}')
  expect(traceOf([kept[0]])).toEqual([
    { name: message, kind: 'SERVER', parent: 'caller' },
    { name: 'commit chat:{name}', kind: 'INTERNAL', parent: message },
    { name: 'deliver chat:{name}', kind: 'CONSUMER', parent: 'publish chat:{name}' },
    { name: 'publish chat:{name}', kind: 'PRODUCER', parent: message },
  ])
  expect(traceOf(kept).filter(({ name }) => name.startsWith('receive'))).toEqual([
    { name: 'receive chat:{name}', kind: 'CONSUMER', parent: 'publish chat:{name}' },
  ])
  expect(traceOf([kept[1]])).toContainEqual({
    name: 'deliver chat:{name}',
    kind: 'CONSUMER',
    parent: 'receive chat:{name}',
  })
  // One span for each node, whoever many readers it has.
  const delivered = spanNamed(kept[1], 'deliver chat:{name}')
  expect(delivered.attributes).toMatchObject({ 'dovetail.readers': 2, 'messaging.system': 'dovetail' })
  const traced = [kept[0], kept[1]].map((each) => spanNamed(each, 'deliver chat:{name}').spanContext().spanId)
  expect([atNear?.trace, atFar?.trace]).toEqual(traced.map((id) => `00-${traceId}-${id}-01`))
  expect(atPlain).toEqual({ collection: 'messages', record: atFar?.record })
})

test.each(backbones)('[TRC2] what is not sampled is not traced on: %s', async (over) => {
  const { here, there, kept } = await twoNodes(over)
  const far = await there.connect('bob')
  await far.subscribe('chat:a', { traces: true })
  const alice = await here.rest('alice')
  await alice.post(at('chat:a'), { text: 'one' }, { traceparent: unsampled })
  await alice.post(at('chat:a'), { text: 'two' })
  const [one, two] = (await far.reached('chat:a', 2)).flatMap(({ changes }) => changes)
  expect([one?.trace, two?.trace]).toEqual([undefined, undefined])
  expect(kept.flatMap(({ spans }) => spans)).toEqual([])
})

test('[TRC1] a write of each kind goes on, and reaches readers by stream and long-poll with its trace', async () => {
  const { here, there } = await twoNodes('PostgreSQL and Redis')
  const alice = await here.rest('alice')
  await alice.post(at('chat:a'), { text: 'first' })
  const stream = await openStream({ port: there.port, path: '/v1/channels/chat:a/changes?traces=1' })
  await stream.next('changes')
  const bob = await there.rest('bob')
  const { cursor } = (await bob.get<{ cursor: string }>('/v1/channels/chat:a')).body
  const polled = bob.get<{ changes: { trace?: string }[] }>(
    `/v1/channels/chat:a/changes?after=${cursor}&wait=20&traces=1`,
  )
  const socket = await here.connect('alice')
  const ids = ['a', 'b'].map((digit) => digit.repeat(32))
  const command = { channel: 'chat:a', collection: 'messages', traceparent: `00-${ids[0]}-00f067aa0ba902b7-01` }
  await socket.ok('create', { ...command, data: { text: 'by command' } })
  const fromStream = (await stream.next('changes')).data as unknown as { changes: { trace?: string }[] }
  expect(fromStream.changes.map(({ trace }) => trace?.slice(3, 35))).toEqual([ids[0]])
  expect((await polled).body.changes.map(({ trace }) => trace?.slice(3, 35))).toEqual([ids[0]])
  const writes = [{ op: 'create', channel: 'chat:a', collection: 'messages', data: { text: 'in a batch' } }]
  const traceparent = `00-${ids[1]}-00f067aa0ba902b7-01`
  await alice.post('/v1/batch', { writes: [...writes, ...writes] }, { traceparent })
  const batch: string[] = []
  while (batch.length < 2) {
    const { changes } = (await stream.next('changes')).data as unknown as { changes: { trace?: string }[] }
    batch.push(...changes.map(({ trace }) => trace?.slice(3, 35) ?? 'none'))
  }
  expect(batch).toEqual([ids[1], ids[1]])
  stream.close()
})

test('no span has the data, the token, or the name of a user or channel', async () => {
  const { here, there, kept } = await twoNodes('PostgreSQL and Redis')
  const far = await there.connect('bob')
  await far.subscribe('chat:secretplace', { traces: true, traceparent: sampled })
  const alice = await here.rest('alice')
  const headers = { traceparent: sampled }
  await alice.put(at('chat:secretplace', 'messages', 'hidden-id'), { text: 'secretdata' }, headers)
  await alice.get(at('chat:secretplace', 'messages', 'unknown-id'), headers)
  await kept[0].ended('publish chat:{name}', 'GET /v1/channels/:ch/:col/:id')
  await kept[1].ended('deliver chat:{name}', 'subscribe chat:{name}')
  const text = kept
    .flatMap(({ spans }) => spans)
    .map(({ name, attributes, events, status }) => JSON.stringify({ name, attributes, events, status }))
    .join('\n')
  expect(text).not.toMatch(/alice|bob|secret|hidden|unknown-id|eyJ/)
  expect(spanNamed(kept[0], 'GET /v1/channels/:ch/:col/:id').attributes).toMatchObject({
    'http.request.method': 'GET',
    'http.route': '/v1/channels/:ch/:col/:id',
    'http.response.status_code': 404,
    'dovetail.code': 'not_found',
  })
})
