/** What a server does with a file that was restored, copied, or not closed. */
import { copyFileSync, cpSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { commit, create, general, range } from '../../../ports/store-contract/store.fixture.ts'
import { loadDriver } from '../driver/driver.ts'
import { acknowledged, WritingChild } from '../file/child-process.fixture.ts'
import { backUp } from '../file/copy.ts'
import { temporaryFolder } from '../file/temporary-folder.fixture.ts'
import { openSqliteStore } from '../open.ts'
import { markPath } from './history-mark.ts'

const driver = await loadDriver()

/** The path of a file in a folder of its own. */
function freshFolder() {
  const folder = join(temporaryFolder(), 'data')
  mkdirSync(folder)
  return { folder, path: join(folder, 'dovetail.db') }
}

/** Opens the file, writes these records, and gives the lines of the start and the channel's epoch. */
async function serve(path: string, ids: readonly string[] = []) {
  const lines: string[] = []
  const store = await openSqliteStore({ path, onNewHistory: (line) => lines.push(line) })
  if (ids.length > 0) await commit(store, ...ids.map((id) => create(id)))
  const facts = await store.channel(general)
  return { store, lines, epoch: facts?.epoch ?? null, head: facts?.head ?? null }
}

/** The same, and closes the file. */
async function visit(path: string, ids: readonly string[] = []) {
  const { store, ...seen } = await serve(path, ids)
  await store.close()
  return seen
}

async function killed(path: string, groups: string, start = '0'): Promise<void> {
  const child = new WritingChild([path, groups, 'FULL', start])
  await child.until((lines) => lines.includes('done'))
  expect(acknowledged(child.lines).length).toBe(Number(groups))
  await child.kill()
}

describe('[P1] a restart keeps every epoch and says nothing', () => {
  test('[P1] restarts after orderly stops keep every epoch', async () => {
    const { path } = freshFolder()
    const { epoch } = await visit(path, ['a'])
    for (const id of ['b', 'c']) expect(await visit(path, [id])).toMatchObject({ epoch, lines: [] })
  })

  test('[P1] a restart after kill -9 keeps every epoch', async () => {
    const { path } = freshFolder()
    const { epoch } = await visit(path, ['a'])
    for (const start of ['0', '10']) {
      await killed(path, '3', start)
      expect(await visit(path)).toMatchObject({ epoch, lines: [] })
    }
  })

  test('[P1] a restart after a power cut that left the mark older than the file keeps every epoch', async () => {
    const { path } = freshFolder()
    const { store, epoch } = await serve(path, ['a'])
    const earlier = readFileSync(markPath(path))
    await commit(store, create('b'))
    // A process that exits without closing; the copy of the mark stands for what the disk had of it.
    await store.close()
    const { store: second } = await serve(path)
    const beginning = readFileSync(markPath(path))
    await commit(second, create('c'))
    await second.drop('chat:none')
    writeFileSync(markPath(path), beginning, { flag: 'r+' })
    expect(earlier.equals(beginning)).toBe(false)
    await second.close()
    expect(await visit(path)).toMatchObject({ epoch, head: 3, lines: [] })
  })

  test('[P1] a restart after a channel was dropped, made again and renewed keeps every epoch', async () => {
    const { path } = freshFolder()
    const { store } = await serve(path, ['a'])
    await store.drop(general)
    await store.open({ name: 'chat:b', at: 1, visibility: 'public', title: null, owner: null })
    await store.renew()
    await store.close()
    expect((await visit(path)).lines).toEqual([])
  })

  test('[P1] the first start on a file of an earlier build keeps every epoch', async () => {
    const { path } = freshFolder()
    const { epoch } = await visit(path, ['a'])
    const database = driver.open(path)
    database.exec(`
      DROP TABLE history; DROP INDEX channels_by_touch; ALTER TABLE records DROP COLUMN deleted_by;
      DROP TABLE search_rules; DROP TABLE search_walk; DROP TABLE api_keys;
      DROP TABLE consumers; DROP TABLE consumer_positions; DROP TABLE webhook_notes;
      DROP TABLE files; DROP TABLE file_claims; DROP TABLE dovetail_outbox;
      PRAGMA user_version = 4`)
    database.close()
    rmSync(markPath(path))
    expect(await visit(path)).toMatchObject({ epoch, lines: [] })
  })

  test('[P1] a restart after the folder was moved on its disk keeps every epoch', async () => {
    const { folder, path } = freshFolder()
    const { epoch } = await visit(path, ['a'])
    renameSync(folder, `${folder}-moved`)
    expect(await visit(join(`${folder}-moved`, 'dovetail.db'))).toMatchObject({ epoch, lines: [] })
  })
})

describe('[MOD17, P1] a file that the server did not leave gets new epochs, and the start says why', () => {
  /** Opens the file twice: the second start finds nothing wrong. */
  async function expectNew(path: string, before: string | null, line: RegExp): Promise<void> {
    const first = await visit(path)
    expect(first.lines).toEqual([expect.stringMatching(line)])
    expect(first.lines[0]).toMatch(/: each of its \d+ channels has a new epoch, and readers start over$/)
    if (before !== null) expect(first.epoch).not.toBe(before)
    expect(await visit(path)).toMatchObject({ epoch: first.epoch, lines: [] })
  }

  test('[MOD17, P1] a database file put back over the current one gets new epochs', async () => {
    const { path } = freshFolder()
    await visit(path, ['a'])
    copyFileSync(path, `${path}.copy`)
    const { epoch } = await visit(path, ['b'])
    copyFileSync(`${path}.copy`, path)
    await expectNew(path, epoch, /is of another run than the mark beside it/)
  })

  test('[MOD17, P1] a database file replaced by a backup, with the mark left, gets new epochs', async () => {
    const { path } = freshFolder()
    const { store, epoch } = await serve(path, ['a'])
    await backUp(path, `${path}.copy`)
    await commit(store, create('b'))
    await store.close()
    renameSync(`${path}.copy`, path)
    await expectNew(path, epoch, /is another file than the one that was served here/)
  })

  test('[P11] a file that holds nothing, as a copy without its log can be, is served empty with a line that says so', async () => {
    const { path } = freshFolder()
    const database = driver.open(path)
    database.exec('PRAGMA journal_mode = WAL; CREATE TABLE channels (name TEXT)')
    const elsewhere = freshFolder()
    copyFileSync(path, elsewhere.path)
    database.close()
    expect(statSync(elsewhere.path).size).toBe(4096)
    expect((await visit(elsewhere.path, ['a'])).lines).toEqual([
      expect.stringMatching(/ was there and holds nothing: /),
    ])
    expect(await visit(elsewhere.path)).toMatchObject({ head: 1, lines: [] })
  })

  test('[P11] the file has its tables from the first start on, so that the start of a copy of it alone says what it lacks', async () => {
    const { path } = freshFolder()
    const { store } = await serve(path)
    const elsewhere = freshFolder()
    copyFileSync(path, elsewhere.path)
    await store.close()
    expect((await visit(elsewhere.path)).lines).toEqual([expect.stringMatching(/what was only in the write-ahead log/)])
  })

  test('[P11] a file that is not there yet, and an empty one, are new: the start says nothing', async () => {
    const { path } = freshFolder()
    writeFileSync(path, '')
    expect((await visit(path)).lines).toEqual([])
    expect((await visit(freshFolder().path)).lines).toEqual([])
  })

  test('[MOD17, P1] a database file copied without its log while the server ran gets new epochs, and the start reports missing data', async () => {
    const { path } = freshFolder()
    const { store, epoch } = await serve(path, range(50).map(String))
    const elsewhere = freshFolder()
    copyFileSync(path, elsewhere.path)
    await store.close()
    const first = await visit(elsewhere.path)
    expect(first.head).toBeNull()
    expect(first.lines).toEqual([
      expect.stringMatching(/has no mark beside it; it was copied from a running server, and what was only in the/),
    ])
    expect((await visit(elsewhere.path)).lines).toEqual([])
    expect((await visit(path)).epoch).toBe(epoch)
  })

  test('[MOD17, P1] a backup that is served as it is gets new epochs', async () => {
    const { path } = freshFolder()
    const { store, epoch } = await serve(path, ['a'])
    const elsewhere = freshFolder()
    await backUp(path, elsewhere.path)
    await store.close()
    await expectNew(elsewhere.path, epoch, /dovetail\.db has no mark beside it: each/)
  })

  test('[MOD17, P1] a copy of the whole folder gets new epochs', async () => {
    const { folder, path } = freshFolder()
    const { epoch } = await visit(path, ['a'])
    cpSync(folder, `${folder}-copy`, { recursive: true, preserveTimestamps: true })
    await expectNew(join(`${folder}-copy`, 'dovetail.db'), epoch, /was copied or put back with its whole folder/)
  })

  test('[MOD17, P1] a database file whose mark is missing or unreadable gets new epochs', async () => {
    const { path } = freshFolder()
    const { epoch } = await visit(path, ['a'])
    rmSync(markPath(path))
    await expectNew(path, epoch, /has no mark beside it/)
    writeFileSync(markPath(path), 'x')
    await expectNew(path, null, /has a mark beside it that can not be read/)
  })
})

test('[P1] a restored file that is damaged is not served', async () => {
  const { path } = freshFolder()
  await visit(path, range(400).map(String))
  const bytes = readFileSync(path)
  bytes.fill(0xff, 8192, bytes.length - 8192)
  writeFileSync(path, bytes)
  rmSync(markPath(path))
  await expect(openSqliteStore({ path })).rejects.toThrow(/can not be opened: .*(damaged|malformed)/)
})
