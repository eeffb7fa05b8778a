import { statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { commit, create } from '../../../ports/store-contract/store.fixture.ts'
import { loadDriver } from '../driver/driver.ts'
import { openForWriting } from '../driver/open-connection.ts'
import { temporaryFolder } from '../file/temporary-folder.fixture.ts'
import { migrate } from '../migrations/migrate.ts'
import { openSqliteStore } from '../open.ts'
import { Writer } from './writer.ts'

const profile = (user: string) => ({ user, name: user, avatar: null, about: null, guest: true })

async function openWriter() {
  const driver = await loadDriver()
  const path = join(temporaryFolder(), 'store.db')
  const database = openForWriting(driver, { path, flush: 'FULL', maxPages: 0 })
  onTestFinished(() => database.close())
  migrate(database)
  const names = () =>
    database
      .prepare('SELECT name FROM profiles ORDER BY name')
      .all()
      .map(([name]) => name)
  return { database, writer: new Writer(database), names }
}

describe('small changes of a SQLite file that come at once', () => {
  test('one that fails changes nothing, and the others hold', async () => {
    const { writer, names } = await openWriter()
    writer.together(() => {
      writer.saveProfile(profile('ann'))
      expect(() => writer.saveProfile({ ...profile('bob'), name: null as unknown as string })).toThrow('NOT NULL')
      writer.saveProfile(profile('cem'))
      expect([writer.spend('ticket', 1000), writer.spend('ticket', 1000)]).toEqual([true, false])
    })
    expect(names()).toEqual(['ann', 'cem'])
    writer.saveProfile(profile('dan'))
    expect(names()).toEqual(['ann', 'cem', 'dan'])
  })

  test('where the transaction is lost all of them fail, also those after it', async () => {
    const { database, writer, names } = await openWriter()
    expect(() =>
      writer.together(() => {
        writer.saveProfile(profile('ann'))
        database.exec('ROLLBACK')
        expect(() => writer.saveProfile(profile('bob'))).toThrow('rolled back')
      }),
    ).toThrow()
    expect(names()).toEqual([])
    writer.saveProfile(profile('cem'))
    expect(names()).toEqual(['cem'])
  })

  test('they are flushed once', async () => {
    const path = join(temporaryFolder(), 'store.db')
    const store = await openSqliteStore({ path })
    onTestFinished(() => store.close())
    const logBytes = () => statSync(`${path}-wal`).size
    const save = (from: number, to: number) =>
      Promise.all(Array.from({ length: to - from }, (_, n) => store.saveProfile(profile(`user-${from + n}`))))
    await save(0, 1)
    const before = logBytes()
    // Behind a commit they all wait for the thread.
    const records = Array.from({ length: 500 }, (_, n) => create(`r${n}`))
    const underWay = commit(store, ...records)
    const saved = save(1, 101)
    await underWay
    const committed = logBytes()
    await saved
    expect(committed).toBeGreaterThan(before)
    // A commit of its own writes a page of 4 KiB for each.
    expect(logBytes() - committed).toBeLessThan(20 * 4096)
    expect(await store.profiles(['user-1', 'user-100'])).toHaveLength(2)
  })
})
