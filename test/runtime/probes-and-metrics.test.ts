import { demoConfig, start } from 'dovetail-server'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { MemoryBus } from '../../packages/server/src/backbones/memory/memory-backbone.ts'
import {
  frame,
  opcodes,
  openGreeted,
  openLine,
  serverCloseCode,
  upgradeRequest,
} from '../support/clients/raw-socket.ts'
import { announce, messageWith, pictureFacts, temporaryFolder, uploaded } from '../support/files.ts'
import { at, freshChannel } from '../support/paths.ts'
import { type Server, type ServingOptions, serverAt, startServer } from '../support/servers/serving.ts'
import { testSecret } from '../support/servers/token-for.ts'
import { awaitLater, patienceMs, until } from '../support/until.ts'

async function serverWith(options: ServingOptions = {}): Promise<Server> {
  const server = await startServer({ log: 'silent', ...options })
  onTestFinished(() => server.stop())
  return server
}

interface Readiness {
  readonly status: string
  readonly checks: { readonly [part in 'store' | 'bell']?: { readonly status: string } }
}

/** The values of a metric by its labels, as text. */
function valuesOf(text: string, name: string): Record<string, number> {
  const lines = text.split('\n').filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `))
  return Object.fromEntries(
    lines.map((line) => [line.slice(name.length, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))]),
  )
}

describe('readiness', () => {
  test.each(['memory', 'sqlite'] as const)('[RST36] a server that can serve is ready, %s store', async (store) => {
    const nobody = await (await serverWith({ store })).rest()
    const ready = await nobody.get<Readiness>('/readyz')
    expect([ready.status, ready.body.status, ready.body.checks.store?.status]).toEqual([200, 'ok', 'ok'])
    expect(ready.headers['cache-control']).toBe('no-store')
  })

  test('[RST36] a store that can’t be read is 503 store_unavailable, without the cause', async () => {
    const broken = new Error('the disk at bay 7 is gone')
    const server = await serverWith({
      adapters: {
        store: (store) =>
          new Proxy(store, {
            get: (target, name) => {
              if (name === 'channels') return () => Promise.reject(broken)
              const member: unknown = Reflect.get(target, name)
              return typeof member === 'function' ? member.bind(target) : member
            },
          }),
      },
    })
    const refused = await (await server.rest()).get<Readiness>('/readyz')
    expect([refused.status, refused.code, refused.body.checks.store?.status]).toEqual([
      503,
      'store_unavailable',
      'failed',
    ])
    expect(refused.headers['content-type']).toMatch(/^application\/problem\+json/)
    expect(refused.headers['retry-after']).toBe('2')
    expect(refused.text).not.toContain('bay 7')
  })

  test('[RST36] a notification that does not come back is 503', async () => {
    const bus = new MemoryBus()
    const probe = () => Promise.reject(new Error('not heard'))
    const backbone = Object.assign(bus.join(), { probe })
    const server = await serverWith({ adapters: { backbone } })
    const refused = await (await server.rest()).get<Readiness>('/readyz')
    const { store, bell } = refused.body.checks
    expect([refused.status, store?.status, bell?.status]).toEqual([503, 'ok', 'failed'])
  })

  test('[RST36] a draining node is 503 while it still serves', async () => {
    const running = await start({ config: demoConfig, port: 0, store: 'memory:', secret: testSecret, log: 'silent' })
    const server = serverAt(running.port)
    onTestFinished(() => server.stop())
    const nobody = await server.rest()
    const poll = awaitLater((await server.rest('alice')).get('/v1/channels/chat:a/changes?wait=50'))
    const socket = await server.connect('alice')
    await socket.subscribe('chat:a')
    const stopped = awaitLater(running.stop())
    await socket.next('goaway')
    const refused = await nobody.get('/readyz')
    expect([refused.status, refused.code]).toEqual([503, 'draining'])
    await until('the drain', stopped)
    expect((await poll).status).toBe(200)
  })
})

describe('metrics', () => {
  const folder = temporaryFolder()

  test('[RST36] reads and writes are counted, without the names of channels and users', async () => {
    const server = await serverWith()
    const channel = freshChannel()
    const alice = await server.rest('alice')
    const socket = await server.connect('alice')
    await socket.subscribe(channel)
    const { rev } = (await alice.post<{ rev: number }>(at(channel), { text: 'hello' })).body
    await socket.reached(channel, rev)
    await alice.get('/v1/channels/nowhere:secret/messages')
    await socket.refused('subscribe', { channel: 'nowhere:secret' })
    const { text, headers } = await alice.get('/metrics')
    expect(headers['content-type']).toMatch(/^text\/plain; version=0\.0\.4/)
    expect(valuesOf(text, 'dovetail_readers')).toMatchObject({ '{transport="websocket"}': 1, '{transport="sse"}': 0 })
    expect(valuesOf(text, 'dovetail_commits_total')).toMatchObject({ '{storage="durable"}': 1 })
    expect(valuesOf(text, 'dovetail_commit_units_total')).toMatchObject({ '{storage="durable"}': 1 })
    expect(valuesOf(text, 'dovetail_delivered_frames_total')['{transport="websocket"}']).toBeGreaterThan(0)
    expect(valuesOf(text, 'dovetail_refused_total')).toEqual({
      '{transport="http",code="not_found"}': 1,
      '{transport="websocket",code="not_found"}': 1,
    })
    expect([valuesOf(text, 'dovetail_hubs')[''], valuesOf(text, 'dovetail_connections')['']]).toEqual([1, 1])
    for (const name of ['alice', channel, 'secret']) expect(text).not.toContain(name)
  })

  test('[RST36] WebSocket upgrades that are refused are counted by code, and listed with the other refusals', async () => {
    const server = await serverWith()
    for (const request of [
      upgradeRequest({ 'Sec-WebSocket-Version': '12' }),
      upgradeRequest({ 'Sec-WebSocket-Key': 'short' }),
      upgradeRequest({}, 'GET', '/v1/elsewhere'),
    ]) {
      const line = await openLine(server.port)
      line.write(request)
      await line.ended
    }
    const admin = await server.rest('root', { role: 'admin' })
    expect(valuesOf((await admin.get('/metrics')).text, 'dovetail_refused_total')).toEqual({
      '{transport="upgrade",code="upgrade_required"}': 1,
      '{transport="upgrade",code="invalid_query"}': 1,
      '{transport="upgrade",code="not_found"}': 1,
    })
    const { refusals } = (await admin.get<{ refusals: { transport: string; request: string }[] }>('/v1/status')).body
    expect(refusals.map(({ transport, request }) => `${transport} ${request}`)).toEqual(
      Array(3).fill('websocket upgrade'),
    )
  })

  test('[RST36] files are counted: stored, refused by code, and removed', async () => {
    const server = await serverWith({ store: 'sqlite', files: folder })
    const [ann, channel] = [await server.rest('ann'), freshChannel()]
    const file = await uploaded(ann, channel)
    expect((await announce(ann, channel, { type: 'text/html' })).code).toBe('invalid_data')
    const { body } = await ann.post<{ id: string }>(at(channel), messageWith({ id: file.id, ...pictureFacts }))
    await ann.delete(at(channel, 'messages', body.id))
    const count = async (name: string) => valuesOf((await ann.get('/metrics')).text, `dovetail_file_${name}_total`)
    await vi.waitFor(
      async () => expect(await count('removals')).toEqual({ '{outcome="removed"}': 1, '{outcome="failed"}': 0 }),
      patienceMs,
    )
    expect([await count('uploads'), await count('upload_bytes'), await count('storage_errors')]).toEqual([
      { '': 1 },
      { '': pictureFacts.size },
      { '': 0 },
    ])
    expect(await count('refusals')).toEqual({ '{code="invalid_data"}': 1 })
  })

  test('[RST36] requests that name channels, users and paths of all kinds make no time series of their own', async () => {
    const server = await serverWith()
    const alice = await server.rest('alice')
    const visit = async (name: string) => {
      const socket = await server.connect(name)
      await socket.subscribe(`chat:${name}`)
      await alice.post(at(`chat:${name}`), { text: name })
      await socket.reached(`chat:${name}`, 1)
      await alice.get(at(`chat:${name}`, 'messages', name))
      await alice.get(`/v1/users/${name}`)
      await alice.get(`/nowhere/${name}?${name}=1`)
      await alice.send(`PUT`, `/v1/channels/chat:${name}/changes`)
      socket.close(1000)
      await socket.ended()
    }
    const series = async () => {
      const { text } = await alice.get('/metrics')
      expect(text).not.toContain('visitor')
      return text.split('\n').flatMap((line) => (/^dovetail_/.test(line) ? [line.slice(0, line.lastIndexOf(' '))] : []))
    }
    await visit('visitor-0')
    await series()
    const before = await series()
    for (let visitor = 1; visitor <= 20; visitor++) await visit(`visitor-${visitor}`)
    expect((await series()).filter((each) => !before.includes(each))).toEqual([])
  })

  test('[RST36] the way of a message is measured: requests, commits, lag, feeds, who came and why they left', async () => {
    const server = await serverWith({ store: 'sqlite' })
    const channel = freshChannel()
    const alice = await server.rest('alice')
    const socket = await server.connect('alice')
    await socket.subscribe(channel)
    await alice.post(at(channel), { text: 'hello' })
    await socket.reached(channel, 1)
    const here = (await alice.get('/metrics')).text
    const posted = '{method="POST",route="/v1/channels/:ch/:col",status="201"}'
    expect(valuesOf(here, 'dovetail_http_requests_total')[posted]).toBe(1)
    expect(valuesOf(here, 'dovetail_delivery_lag_seconds_count')['']).toBeGreaterThan(0)
    expect(valuesOf(here, 'dovetail_commit_duration_seconds_count')).toMatchObject({ '{storage="durable"}': 1 })
    expect(valuesOf(here, 'dovetail_feeds')).toEqual({ '{state="live"}': 1, '{state="behind"}': 0 })
    expect(valuesOf(here, 'dovetail_part_up')).toMatchObject({ '{part="store"}': 1, '{part="backbone"}': 1 })
    expect(valuesOf(here, 'dovetail_store_log_bytes')['{storage="durable"}']).toBeGreaterThan(0)
    expect(Object.keys(valuesOf(here, 'dovetail_build_info'))[0]).toMatch(/^\{version="\d+\.\d+\.\d+",node="v\d/)
    await socket.refused('subscribe', { channel, after: 'x' })
    await socket.subscribe(channel, { after: 'strange.1' })
    socket.close(1000)
    await socket.ended()
    const closed = async () =>
      valuesOf((await alice.get('/metrics')).text, 'dovetail_connections_closed_total')[
        '{transport="websocket",reason="peer"}'
      ]
    await expect.poll(closed).toBe(1)
    const { text } = await alice.get('/metrics')
    expect(valuesOf(text, 'dovetail_resets_total')).toEqual({
      '{reason="ahead"}': 0,
      '{reason="epoch"}': 1,
      '{reason="expired"}': 0,
    })
    expect(valuesOf(text, 'dovetail_connections_opened_total')).toMatchObject({ '{transport="websocket"}': 1 })
  })

  test('[RST36] a connection that the server closes is counted by its code', async () => {
    const server = await serverWith()
    const socket = await server.connect('alice')
    socket.sendRaw('no JSON')
    expect((await socket.ended()).code).toBe(4400)
    const { text } = await (await server.rest()).get('/metrics')
    expect(valuesOf(text, 'dovetail_closed_total')).toEqual({ '{code="4400"}': 1, '{code="4408"}': 0 })
  })

  test('[RST36] a peer that broke the protocol is counted by its close code', async () => {
    const server = await serverWith()
    const line = await openGreeted(server.port)
    line.write(frame({ opcode: opcodes.text, payload: Buffer.from([0xff]) }))
    await line.until('the close', (bytes) => serverCloseCode(bytes) === 1007)
    const { text } = await (await server.rest()).get('/metrics')
    expect(valuesOf(text, 'dovetail_closed_total')).toMatchObject({ '{code="1007"}': 1 })
  })
})

describe('the page', () => {
  test('[RST35] the page of the API loads from this server alone, under a policy that allows no other script', async () => {
    const nobody = await (await serverWith()).rest()
    const page = await nobody.get('/docs')
    expect(page.headers['content-security-policy']).toContain("script-src 'self'")
    expect(page.text).not.toMatch(/https?:\/\/|<script>/)
    expect((await nobody.get('/docs/start.js')).text).toContain('openapi.json')
    expect((await nobody.get('/docs/swagger-ui-bundle.js')).text.length).toBeGreaterThan(1_000_000)
  })
})
