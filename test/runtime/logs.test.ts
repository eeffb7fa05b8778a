import { expect, test, vi } from 'vitest'
import { logEvents } from '../../packages/server/src/telemetry/log-events.ts'
import { at } from '../support/paths.ts'
import { spawnServer } from '../support/servers/spawn-server.ts'
import { patienceMs } from '../support/until.ts'

interface Line extends Readonly<Record<string, unknown>> {
  readonly level: number
  readonly event: keyof typeof logEvents
}

const levels = { trace: 10, debug: 20, info: 30, warn: 40, error: 50, fatal: 60 }

function linesOf(stderr: string): Line[] {
  return stderr
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Line)
}

/** Requests, commands, refusals, a reset and connections that end, on a server with this level. */
async function logged(level: string): Promise<Line[]> {
  const args = ['--store', 'memory:', '--log', level, '--limit', 'pingSeconds=0.5', '--limit', 'pongSeconds=0.5']
  const spawned = await spawnServer({ args })
  const { server } = spawned
  const alice = await server.rest('alice')
  expect((await alice.post(at('chat:log'), { text: 'hello' })).status).toBe(201)
  expect((await alice.put('/v1/users/bob', { name: 'Bob' })).code).toBe('forbidden')
  const [silent, broken] = [await server.connect('sam'), await server.connect('dora')]
  await broken.command('subscribe', { channel: 'chat:log', after: 'other.7' })
  broken.sendRaw('no JSON')
  await broken.ended()
  silent.pause()
  const seesDead = () => expect(linesOf(spawned.stderr()).some(({ event }) => event === 'connection_dead')).toBe(true)
  await vi.waitFor(seesDead, patienceMs)
  const { stderr } = await spawned.kill('SIGTERM')
  return linesOf(stderr)
}

test('at `trace` every line has an event of the table, at its level and with its members', async () => {
  const lines = await logged('trace')
  for (const line of lines) {
    const { time, level, event, msg, ...rest } = line
    const described = logEvents[event]
    expect([line, Object.keys(rest).sort()]).toEqual([line, [...described.fields].sort()])
    expect([level, typeof msg, Number.isNaN(Date.parse(String(time)))]).toEqual([
      levels[described.level],
      'string',
      false,
    ])
  }
  const first = (event: Line['event']) => lines.find((line) => line.event === event)
  expect(first('request')).toMatchObject({ method: 'POST', route: '/v1/channels/:ch/:col', status: 201 })
  expect(first('refused')).toMatchObject({ transport: 'http', code: 'forbidden', user: 'alice' })
  expect(first('command')).toMatchObject({ op: 'hello', outcome: 'ok' })
  expect(first('reader_reset')).toMatchObject({ channel: 'chat:log', reason: 'epoch', user: 'dora' })
  expect(first('connection_ended')).toMatchObject({ transport: 'websocket', code: 4400, user: 'dora' })
  expect(first('connection_dead')).toMatchObject({ transport: 'websocket', code: 4408, user: 'sam' })
  for (const event of ['node_serving', 'node_leaving'] as const) expect(first(event), event).toBeDefined()
})

test('at `info` a server that only serves says what somebody should look at, and nothing else', async () => {
  const lines = await logged('info')
  expect(lines.map(({ event }) => event)).toEqual(['connection_dead'])
})
