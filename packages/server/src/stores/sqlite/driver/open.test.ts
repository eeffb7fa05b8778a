import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { StoreUnavailable } from '../../../ports/store.ts'
import { commit, recordOf, write } from '../../../ports/store-contract/store.fixture.ts'
import { temporaryFolder } from '../file/temporary-folder.fixture.ts'
import { migrate, migrations } from '../migrations/migrate.ts'
import { openSqliteStore } from '../open.ts'
import { loadDriver } from './driver.ts'

const driver = await loadDriver()

/** The message with which the file is refused. */
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
  test('a SQLite file of a newer build is refused, and not changed', async () => {
    const path = join(temporaryFolder(), 'store.db')
    await (await openSqliteStore({ path })).close()
    change(path, 'PRAGMA user_version = 1000')
    expect(await refusal(path)).toMatch(
      /store\.db can not be opened: its schema is version 1000, this build knows up to \d+/,
    )
    expect(await refusal(path)).toContain('version 1000')
  })

  test('a SQLite file of another application is refused', async () => {
    const path = join(temporaryFolder(), 'notes.db')
    change(path, 'CREATE TABLE notes (text TEXT)')
    expect(await refusal(path)).toMatch(/notes\.db can not be opened: it is a database of another application/)
  })

  test('a file that is not a database, or whose folder does not exist, is refused in one line', async () => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'text.db'), 'not a database, but long enough to look like one. '.repeat(100))
    expect(await refusal(join(folder, 'text.db'))).toMatch(/^.*text\.db can not be opened: file is not a database$/)
    expect(await refusal(join(folder, 'none', 'store.db'))).toMatch(/^.*store\.db can not be opened: .*no such file.*$/)
  })

  test('a SQLite file from before tombstones told who deleted them is brought up to date with all that it holds', async () => {
    const path = join(temporaryFolder(), 'store.db')
    const database = driver.open(path)
    migrate(
      database,
      migrations.filter(({ version }) => version < 7),
    )
    database.exec(`
      INSERT INTO channels (name, epoch, head, floor, members_rev, created_at, visibility, deleted, touched)
        VALUES ('chat:general', 'e', 3, 0, 0, 1, 'public', 0, 1);
      INSERT INTO records (channel, collection, id, pos, rev, author, created_at, updated_at, deleted, data) VALUES
        (1, 'messages', 'gone', 1, 3, 'ana', 1, 2, 1, ''), (1, 'messages', 'a', 2, 2, 'ana', 1, 1, 0, '{}');`)
    database.close()
    const store = await openSqliteStore({ path })
    onTestFinished(() => store.close())
    const tombstone = await recordOf(store, 'gone')
    expect(tombstone).toMatchObject({ deleted: true, author: 'ana' })
    expect(tombstone).not.toHaveProperty('deletedBy')
    await commit(store, write({ effect: 'delete', data: '', expectRev: 2, author: 'olga' }))
    expect(await recordOf(store, 'a')).toMatchObject({ deleted: true, author: 'ana', deletedBy: 'olga' })
  })

  test('a SQLite file that was refused is not left locked', async () => {
    const path = join(temporaryFolder(), 'store.db')
    change(path, 'CREATE TABLE notes (text TEXT)')
    await refusal(path)
    change(path, 'DROP TABLE notes')
    await (await openSqliteStore({ path })).close()
  })
})
