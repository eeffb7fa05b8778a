import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { StoreUnavailable } from '../../ports/store.ts'
import { openSqliteStore } from '../sqlite.ts'
import { loadDriver } from './driver.ts'
import { temporaryFolder } from './temporary-folder.fixture.ts'

const driver = await loadDriver()

/** Why the file is not opened, as a person is told. */
async function refusal(path: string): Promise<string> {
  const error: unknown = await openSqliteStore({ path }).then(
    () => null,
    (cause) => cause,
  )
  expect(error).toBeInstanceOf(StoreUnavailable)
  return (error as Error).message
}

function change(path: string, sql: string): void {
  const database = driver.open(path)
  database.exec(sql)
  database.close()
}

describe('opening a SQLite file', () => {
  test('of a newer build is refused, and leaves it as it was', async () => {
    const path = join(temporaryFolder(), 'store.db')
    await (await openSqliteStore({ path })).close()
    change(path, 'PRAGMA user_version = 1000')
    expect(await refusal(path)).toMatch(
      /store\.db can not be opened: its schema is version 1000, this build knows up to \d+/,
    )
    expect(await refusal(path)).toContain('version 1000')
  })

  test('of another application is refused', async () => {
    const path = join(temporaryFolder(), 'notes.db')
    change(path, 'CREATE TABLE notes (text TEXT)')
    expect(await refusal(path)).toMatch(/notes\.db can not be opened: it is a database of another application/)
  })

  test('that is no database, or whose folder is not there, is refused in one line', async () => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'text.db'), 'not a database, but long enough to look like one. '.repeat(100))
    expect(await refusal(join(folder, 'text.db'))).toMatch(/^.*text\.db can not be opened: file is not a database$/)
    expect(await refusal(join(folder, 'none', 'store.db'))).toMatch(/^.*store\.db can not be opened: .*no such file.*$/)
  })

  test('after a refusal holds no lock', async () => {
    const path = join(temporaryFolder(), 'store.db')
    change(path, 'CREATE TABLE notes (text TEXT)')
    await refusal(path)
    change(path, 'DROP TABLE notes')
    await (await openSqliteStore({ path })).close()
  })
})
