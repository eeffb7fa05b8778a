import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { HandClock } from '../../core/simulation/hand-clock.fixture.ts'
import { type ApplicationConnection, outboxContract } from '../../ports/outbox/outbox.contract.ts'
import { systemClock } from '../../runtime/system-clock.ts'
import { type Database, loadDriver, type SqliteDriver } from './driver/driver.ts'
import { temporaryFolder } from './file/temporary-folder.fixture.ts'
import { openSqliteStore } from './open.ts'

const columns = ['channel', 'collection', 'record', 'op', 'data', 'author', 'key'] as const

function applicationConnection(database: Database): ApplicationConnection {
  return {
    begin: async () => database.exec('BEGIN IMMEDIATE'),
    commit: async () => database.exec('COMMIT'),
    rollBack: async () => database.exec('ROLLBACK'),
    async publish(published) {
      const given = columns.filter((name) => published[name] !== undefined)
      const places = given.map(() => '?')
      const insert = database.prepare(`INSERT INTO dovetail_outbox (${given}) VALUES (${places})`)
      insert.run(...given.map((name) => published[name] ?? null))
    },
    refusals: async () =>
      database.prepare('SELECT refused, reason FROM dovetail_outbox ORDER BY id').all() as [string, string][],
    tryAgain: async () => database.exec('UPDATE dovetail_outbox SET refused = NULL, reason = NULL'),
  }
}

async function opened(name?: SqliteDriver) {
  const path = join(temporaryFolder(), 'store.db')
  const driver = await loadDriver(name)
  const store = await openSqliteStore({ path, driver: name })
  onTestFinished(async () => {
    await store.outbox.close()
    await store.close()
  })
  const connect = (): Database => {
    const database = driver.open(path)
    database.exec('PRAGMA busy_timeout = 5000')
    onTestFinished(() => database.close())
    return database
  }
  return { path, store, outbox: store.outbox, connect }
}

const publish = (database: Database) =>
  database.exec("INSERT INTO dovetail_outbox (channel, collection, data) VALUES ('chat:a', 'messages', '{}')")

describe('the outbox of SQLite', () => {
  outboxContract(async () => {
    const { outbox, connect } = await opened()
    return { outbox, connect: async () => applicationConnection(connect()), clock: systemClock }
  })

  test('[OUT7] without the helper a commit is seen within 50 ms, with it when the turn of the event loop has ended', async () => {
    const { outbox, connect } = await opened()
    const clock = new HandClock()
    let calls = 0
    outbox.onWaiting(() => calls++, clock)
    await outbox.waiting(1)
    const database = connect()
    await clock.pass(500)
    expect(calls).toBe(0)
    publish(database)
    await clock.pass(50)
    expect(calls).toBe(1)
    for (const { id } of await outbox.waiting(9)) await outbox.settle([id], [])
    database.exec('BEGIN IMMEDIATE')
    publish(database)
    outbox.expect()
    outbox.expect()
    await clock.pass(0)
    expect(calls).toBe(1)
    database.exec('COMMIT')
    await clock.pass(5)
    expect(calls).toBe(2)
    for (const { id } of await outbox.waiting(9)) await outbox.settle([id], [])
    publish(database)
    outbox.expect()
    await clock.pass(0)
    expect(calls).toBe(3)
    await outbox.close()
    await clock.pass(500)
    expect(calls).toBe(3)
  })

  test('[OUT8] a connection of another driver is told from one of the store’s own', async () => {
    const { outbox } = await opened('@photostructure/sqlite')
    const { DatabaseSync } = await import('@photostructure/sqlite')
    const own = new DatabaseSync(':memory:')
    onTestFinished(() => own.close())
    expect(outbox.wrongDriver(own)).toBeNull()
    for (const other of [{}, null, { prepare: () => undefined }])
      expect(outbox.wrongDriver(other)).toBe('@photostructure/sqlite')
  })
})
