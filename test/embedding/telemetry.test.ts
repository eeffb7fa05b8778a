/** The application's own log and Prometheus registry. */
import { createServer } from 'node:http'
import { StartFailure } from 'dovetail-server'
import fastify from 'fastify'
import pino from 'pino'
import { Counter, Registry } from 'prom-client'
import { expect, onTestFinished, test } from 'vitest'
import { embedded, listening } from './embedded.ts'

/** A stream for a logger, and the lines that it was given. */
function lines() {
  const written: Record<string, unknown>[] = []
  return { written, stream: { write: (line: string) => void written.push(JSON.parse(line)) } }
}

/** Asks for something that is not there: one line at the level `debug`. */
async function refuseSomething(log: Parameters<typeof embedded>[0]) {
  const dovetail = await embedded(log)
  const server = createServer()
  dovetail.attach(server)
  const answer = await fetch(`${await listening(server)}/live/v1/channels/nowhere:1`)
  expect(answer.status).toBe(404)
}

test('lines go to the logger of pino that is handed over, at its level and with its bindings', async () => {
  const { written, stream } = lines()
  await refuseSomething({ log: pino({ level: 'debug' }, stream).child({ part: 'dovetail' }) })
  const refused = written.find(({ event }) => event === 'refused')
  expect(refused).toMatchObject({ part: 'dovetail', code: 'not_found', level: 20 })

  const quiet = lines()
  await refuseSomething({ log: pino({ level: 'warn' }, quiet.stream) })
  expect(quiet.written).toEqual([])
})

test('the log of a Fastify application is one too', async () => {
  const { written, stream } = lines()
  const app = fastify({ logger: { level: 'debug', stream } })
  onTestFinished(() => app.close())
  await refuseSomething({ log: app.log })
  expect(written.find(({ event }) => event === 'refused')).toMatchObject({ code: 'not_found' })
})

test('a logger that does not say what it logs is given everything', async () => {
  const events: unknown[] = []
  const write = (fields: object) => void events.push('event' in fields ? fields.event : null)
  await refuseSomething({ log: { fatal: write, error: write, warn: write, info: write, debug: write, trace: write } })
  expect(events).toEqual(expect.arrayContaining(['node_serving', 'refused', 'request']))
})

test("metrics stand in the application's registry beside its own, until the server stops", async () => {
  const registry = new Registry()
  const own = new Counter({ name: 'shop_orders_total', help: 'Orders.', registers: [registry] })
  own.inc(3)
  const dovetail = await embedded({ registry })
  await dovetail.channel('orders:7').collection('events').create({ state: 'paid' })
  const text = await registry.metrics()
  expect(text).toContain('shop_orders_total 3')
  expect(text).toMatch(/^dovetail_commits_total\{[^}]*\} [1-9]/m)
  expect(text).not.toMatch(/^(process|nodejs)_/m)
  expect(await dovetail.stop()).toBe(undefined)
  expect((await registry.metrics()).match(/^# TYPE (\w+)/gm)).toEqual(['# TYPE shop_orders_total'])
})

test('a registry that has the metrics of another server already is refused in one line', async () => {
  const registry = new Registry()
  const first = await embedded({ registry })
  const second = embedded({ registry })
  await expect(second).rejects.toBeInstanceOf(StartFailure)
  await expect(second).rejects.toThrow(/^registry: .*dovetail_\w+ has already been registered/)
  expect(await registry.metrics()).toContain('dovetail_hubs')
  await first.stop()
  await embedded({ registry })
  expect(await registry.metrics()).toContain('dovetail_hubs')
})
