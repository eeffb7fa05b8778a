import { describe, expect, test } from 'vitest'
import type { LiveView, TransportName } from '../src/index.ts'
import { FakeClock, seeded } from './support/fake-clock.ts'
import { calm, FakeServer, type Weather } from './support/fake-server.ts'
import { MemoryStorage, world } from './support/world.ts'

const channel = 'chat:general'

/** Slow, fast and lost requests, temporary refusals, repeated ranges and gaps: all from one seed. */
function stormyWeather(random: () => number): Weather {
  return {
    delay: () => Math.floor(random() ** 3 * 300),
    fate: () => (random() < 0.1 ? 'lost' : random() < 0.1 ? 'unanswered' : 'served'),
    refuse: () => {
      if (random() > 0.05) return null
      return random() < 0.5
        ? { status: 503, code: 'store_unavailable', retryAfter: 0.2 }
        : { status: 429, code: 'rate_limited' }
    },
    slip: () => (random() < 0.1 ? -Math.ceil(random() * 4) : 0),
  }
}

/** Checks what must hold at any moment: rising `pos`, no record or row key twice, no own record beside its pending row. */
function faultsOf(view: LiveView): string | null {
  const keys = view.records.map((entry) => entry.key)
  const ids = view.records.flatMap(({ record }) => (record === null ? [] : [record.id]))
  const positions = view.records.flatMap(({ record }) => (record === null ? [] : [record.pos]))
  const own = view.records.map(({ data }) => data.text).filter((text) => String(text).startsWith('ana'))
  if (new Set(keys).size !== keys.length || new Set(ids).size !== ids.length) return `a row twice: ${keys}`
  if (positions.some((pos, index) => pos <= (positions[index - 1] ?? 0))) return `out of order: ${positions}`
  if (new Set(own).size !== own.length) return `a record beside its pending row: ${JSON.stringify(view.records)}`
  return null
}

function someoneWrites(server: FakeServer, random: () => number, step: number): void {
  const all = server.log(channel).all('messages')
  const target = all[Math.floor(random() * all.length)]
  const dice = random()
  const write = { collection: 'messages', recordId: target?.id }
  if (target === undefined || dice < 0.5)
    server.commit(channel, 'bo', { op: 'create', collection: 'messages', data: { text: `bo ${step}` } })
  else if (dice < 0.7) server.commit(channel, 'bo', { op: 'patch', ...write, data: { edited: step } })
  else if (dice < 0.9) server.commit(channel, 'bo', { op: 'delete', ...write })
  else server.commit(channel, 'bo', { op: 'create', collection: 'reactions', data: { step } })
}

interface Run {
  readonly server: FakeServer
  readonly view: LiveView
  readonly random: () => number
  fault: string | null
}

function check(run: Run): void {
  run.fault ??= faultsOf(run.view)
}

async function step(run: Run, index: number): Promise<void> {
  const { server, view, random } = run
  const dice = random()
  if (dice < 0.5) someoneWrites(server, random, index)
  else if (dice < 0.62) view.create({ text: `ana ${index}` })
  else if (dice < 0.7) {
    const entry = view.records[Math.floor(random() * view.records.length)]
    if (entry?.record) random() < 0.5 ? view.update(entry.record.id, { mark: index }) : view.delete(entry.record.id)
  } else if (dice < 0.8) void view.loadOlder(1 + Math.floor(random() * 5)).catch(() => undefined)
  else if (dice < 0.84) server.cut()
  else if (dice < 0.86) server.down = !server.down
  else if (dice < 0.87) server.restartLog(channel)
  else if (dice < 0.89)
    server.log(channel).write('bo', { op: 'create', collection: 'messages', data: { text: `untold ${index}` } })
  await server.clock.advance(Math.floor(random() * 120))
  check(run)
}

async function simulate(seed: number, transport: TransportName): Promise<void> {
  const random = seeded(seed)
  const clock = new FakeClock()
  const server = new FakeServer(clock, calm)
  for (let i = 0; i < 20; i += 1) someoneWrites(server, random, i)
  const { client } = world({ server, seed, transport, token: 'ana', storage: new MemoryStorage() })
  server.weather = stormyWeather(random)
  const view = client.channel(channel).collection('messages').live({ limit: 5 })
  const run: Run = { server, view, random, fault: null }
  view.subscribe(() => check(run))
  for (let index = 0; index < 60; index += 1) await step(run, index)
  expect(run.fault, `seed ${seed}`).toBeNull()

  server.weather = calm
  server.down = false
  await clock.advance(120_000)
  server.commit(channel, 'bo', { op: 'create', collection: 'messages', data: { text: 'last' } })
  await clock.advance(10_000)
  for (let i = 0; i < 50 && view.hasOlder; i += 1) {
    void view.loadOlder(7)
    await clock.advance(10)
  }
  await clock.advance(10_000)
  for (const entry of view.records) if (entry.status === 'failed') view.discard(entry.key)
  const shown = view.records.map(({ record, status }) => [status, record])
  expect(shown, `seed ${seed}`).toEqual(
    server
      .log(channel)
      .all('messages')
      .map((record) => ['acknowledged', record]),
  )
  expect(view.state).toBe('live')
  client.close()
  await clock.advance(0)
  expect(clock.pending).toBe(0)
}

describe('random histories', () => {
  const count = Number(process.env.SIMULATIONS ?? 25)
  test.each<TransportName>(['websocket', 'sse', 'long-poll', 'poll'])(
    'over %s: never a record twice or out of order, and in the end a fresh read',
    async (transport) => {
      for (let seed = 1; seed <= count; seed += 1) await simulate(seed, transport)
    },
  )
})
