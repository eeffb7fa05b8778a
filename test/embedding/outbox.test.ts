/** Writes within transactions of the application's own, on the SQLite file of the store. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { DatabaseSync } from '@photostructure/sqlite'
import { StartFailure } from 'dovetail-server'
import { expect, onTestFinished, test, vi } from 'vitest'
import { embedded, listening, type Orders } from './embedded.ts'

const sqliteDriver = '@photostructure/sqlite'

type Connection = InstanceType<typeof DatabaseSync>

async function dataFolder(): Promise<string> {
  const data = await mkdtemp(join(tmpdir(), 'dovetail-shop-'))
  onTestFinished(() => rm(data, { recursive: true, force: true }))
  return data
}

function open(data: string): Connection {
  const database = new DatabaseSync(join(data, 'dovetail.db'), { timeout: 20_000 })
  onTestFinished(() => database.close())
  return database
}

const serving = (data: string) => embedded({ store: `sqlite:${join(data, 'dovetail.db')}`, data, sqliteDriver })

async function statesOf(dovetail: Orders, channel: `orders:${string}`): Promise<string[]> {
  const states: string[] = []
  const events = dovetail.channel(channel).collection('events')
  for (let after = 0; ; ) {
    const { records } = await events.list({ after, limit: 100 })
    states.push(...records.map(({ data }) => data.state))
    const last = records.at(-1)
    if (last === undefined) return states
    after = last.pos
  }
}

async function emptied(database: Connection): Promise<void> {
  const waiting = database.prepare('SELECT count(*) AS waiting FROM dovetail_outbox WHERE refused IS NULL')
  await vi.waitFor(() => expect(waiting.get()).toEqual({ waiting: 0 }), { timeout: 60_000, interval: 20 })
}

test('[OUT1, OUT7] a commit is told with what it changed in the application’s table, a rollback never', async () => {
  const data = await dataFolder()
  const dovetail = await serving(data)
  const database = open(data)
  database.exec('CREATE TABLE shop_orders (id TEXT PRIMARY KEY, state TEXT)')
  const events = dovetail.outbox(database).channel('orders:7').collection('events')
  const pay = (end: 'COMMIT' | 'ROLLBACK'): void => {
    database.exec("BEGIN IMMEDIATE; INSERT INTO shop_orders VALUES ('7', 'paid')")
    events.replace('o7', { state: 'paid' }, { author: 'ana' })
    events.update('o7', { state: 'packed' }, { key: 'packed-7' })
    events.append('o7', '/state', ' and sent')
    database.exec(end)
  }
  pay('ROLLBACK')
  pay('COMMIT')
  await emptied(database)
  const log = dovetail.channel('orders:7')
  expect(await log.collection('events').get('o7')).toMatchObject({
    author: 'ana',
    rev: 3,
    data: { state: 'packed and sent' },
  })
  events.delete('o7')
  await emptied(database)
  expect((await log.collection('events').list()).records).toEqual([])
  // @ts-expect-error the schema has no such state
  events.create({ state: 5 })
  // @ts-expect-error no such collection
  dovetail.outbox(database).channel('orders:7').collection('event').create({ state: 'lost' })
  await vi.waitFor(() => {
    const kept = database.prepare('SELECT refused, reason FROM dovetail_outbox ORDER BY id').all()
    expect(kept).toMatchObject([
      { refused: 'invalid_data', reason: expect.stringContaining('/state') },
      { refused: 'not_found' },
    ])
  })
  const server = createServer()
  dovetail.attach(server)
  const metrics = await (await fetch(`${await listening(server)}/live/metrics`)).text()
  expect(metrics).toContain('dovetail_outbox_relayed_total 4')
  expect(metrics).toContain('dovetail_outbox_refused_total 2')
})

test('[OUT8] the helper refuses a connection of another driver, and a store that is not SQLite', async () => {
  const data = await dataFolder()
  const dovetail = await serving(data)
  const foreign = { prepare: () => ({ run: () => undefined }) }
  expect(() => dovetail.outbox(foreign)).toThrow(StartFailure)
  expect(() => dovetail.outbox(foreign)).toThrow(
    'the store uses @photostructure/sqlite, and this connection is not of it',
  )
  const inMemory = await embedded()
  expect(() => inMemory.outbox(open(data))).toThrow('outbox: the store is not SQLite')
})

/** Runs test/embedding/shop.ts until it has done `count` orders, and kills it while it goes on. */
async function shop(data: string, count: number, mode = 'serve'): Promise<void> {
  const file = fileURLToPath(new URL('./shop.ts', import.meta.url))
  const command = ['--import', 'tsx', '--conditions=dovetail-source', file, data, mode]
  const child = spawn(process.execPath, command, { stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  let done = 0
  for await (const line of createInterface(child.stdout)) {
    if (line.startsWith('done ')) done++
    if (done >= count) break
  }
  expect(done).toBe(count)
  child.kill('SIGKILL')
  await once(child, 'exit')
}

test('[OUT1, OUT2, OUT3, OUT7] over kill -9 of the application, each order in its table is told once, in the order of the commits', {
  timeout: 180_000,
}, async () => {
  const data = await dataFolder()
  for (const count of [7, 40, 90]) await shop(data, count)
  const dovetail = await serving(data)
  // Another process writes to the file that is served here, and is killed too.
  await shop(data, 40, 'publish')
  const database = open(data)
  await emptied(database)
  const rows = database.prepare('SELECT number FROM shop_orders ORDER BY number').all() as { number: number }[]
  const committed = rows.map(({ number }) => number)
  // 177 were done, of which every fifth was rolled back, and one more at each start.
  expect(committed.length).toBeGreaterThan(130)
  for (const channel of [0, 1]) {
    const expected = committed.filter((number) => number % 2 === channel).map(String)
    expect(await statesOf(dovetail, `orders:${channel}`)).toEqual(expected)
  }
})
