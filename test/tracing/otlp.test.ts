/** `dovetail serve --traces`: what a collector gets, and what the log then says. */
import { createServer, type IncomingMessage } from 'node:http'
import { expect, onTestFinished, test, vi } from 'vitest'
import { at } from '../support/paths.ts'
import { spawnServer } from '../support/servers/spawn-server.ts'
import { patienceMs } from '../support/until.ts'
import { sampled, traceId, unsampled } from './traced.ts'

interface Sent {
  readonly resourceSpans: readonly {
    readonly resource: {
      readonly attributes: readonly { readonly key: string; readonly value: { stringValue?: string } }[]
    }
    readonly scopeSpans: readonly { readonly spans: readonly { readonly name: string; readonly traceId: string }[] }[]
  }[]
}

/** A collector that keeps what it gets. */
async function collector() {
  const bodies: { readonly path: string | undefined; readonly sent: Sent }[] = []
  const server = createServer(async (request, response) => {
    bodies.push({ path: request.url, sent: JSON.parse(await textOf(request)) as Sent })
    response.setHeader('content-type', 'application/json').end('{}')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const { port } = server.address() as { port: number }
  const spans = () =>
    bodies.flatMap(({ sent }) => sent.resourceSpans.flatMap((each) => each.scopeSpans)).flatMap((each) => each.spans)
  return { url: `http://127.0.0.1:${port}`, bodies, spans }
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of request) text += String(chunk)
  return text
}

const message = 'POST /v1/channels/:ch/:col'
const args = ['--store', 'memory:', '--log', 'trace']

test('a collector gets the spans of what callers keep and of the share that begins here; lines of the log have their ids', async () => {
  const there = await collector()
  const env = { OTEL_SERVICE_NAME: 'chat' }
  const spawned = await spawnServer({ args: [...args, '--traces', there.url, '--trace-ratio', '0'], env })
  const alice = await spawned.server.rest('alice')
  for (const traceparent of [unsampled, sampled]) await alice.post(at('chat:a'), { text: 'hello' }, { traceparent })
  await alice.post(at('chat:a'), { text: 'left out' })
  await alice.get(at('chat:a', 'messages', 'none'), { traceparent: sampled })
  const { stderr } = await spawned.kill('SIGTERM')
  // What was kept is sent before the end.
  expect(
    there
      .spans()
      .map(({ name, traceId: id }) => [name, id])
      .sort(),
  ).toEqual([
    ['GET /v1/channels/:ch/:col/:id', traceId],
    [message, traceId],
    ['commit chat:{name}', traceId],
    ['publish chat:{name}', traceId],
  ])
  const [first] = there.bodies
  expect(first?.path).toBe('/v1/traces')
  expect(first?.sent.resourceSpans[0]?.resource.attributes).toContainEqual({
    key: 'service.name',
    value: { stringValue: 'chat' },
  })
  const lines = stderr
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Record<string, unknown>)
  const traced = lines.filter((line) => line.trace_id === traceId)
  expect(traced.map(({ event }) => event)).toEqual(['request', 'request', 'refused', 'request'])
  for (const { span_id: id } of traced) expect(id).toMatch(/^[0-9a-f]{16}$/)
})

test('the variables of OpenTelemetry name a collector, too; one that does not answer is reported once', async () => {
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1/', OTEL_BSP_SCHEDULE_DELAY: '50' }
  const spawned = await spawnServer({ args, env })
  const alice = await spawned.server.rest('alice')
  const failures = () =>
    spawned
      .stderr()
      .split('\n')
      .filter((line) => line.includes('sending traces failed'))
  for (let i = 0; i < 3; i++) await alice.post(at('chat:a'), { text: 'hello' })
  await vi.waitFor(() => expect(failures()).toHaveLength(1), patienceMs)
  expect((await alice.post(at('chat:a'), { text: 'still served' })).status).toBe(201)
  const { stderr } = await spawned.kill('SIGTERM')
  expect(stderr.match(/sending traces failed/g)).toHaveLength(1)
})

test.each([
  [
    ['--traces', 'collector:4318'],
    'traces: "collector:4318" is no http or https URL of a collector, such as http://localhost:4318',
  ],
  [['--trace-ratio', '2'], '--trace-ratio: "2" is no number from 0 to 1'],
])('%j is refused in one line', async (wrong, line) => {
  await expect(spawnServer({ args: [...args, ...wrong] })).rejects.toThrow(line)
})
