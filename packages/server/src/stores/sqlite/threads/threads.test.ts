import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, onTestFinished, test } from 'vitest'
import { commit, create, general, unit } from '../../../ports/store-contract/store.fixture.ts'
import { loadDriver } from '../driver/driver.ts'
import { temporaryFolder } from '../file/temporary-folder.fixture.ts'
import { openSqliteStore } from '../open.ts'
import { SqliteStore } from '../sqlite-store.ts'
import type { ReaderThread } from './reader-thread.ts'
import { ThreadCaller } from './thread-caller.ts'
import type { WriterThread } from './writer-thread.ts'

interface Threads {
  readonly writer: WriterThread
  readonly reader: ReaderThread
}

/** A store with a record, then the same file served by the threads that `replace` gives. */
async function openWith(replace: (threads: Threads) => Threads): Promise<SqliteStore> {
  const path = join(temporaryFolder(), 'store.db')
  const first = await openSqliteStore({ path })
  await commit(first, create('a'))
  await first.close()
  const data = { path, flush: 'FULL', maxPages: 0 } as const
  const writer: WriterThread = new ThreadCaller('writer-thread', data)
  const reader: ReaderThread = new ThreadCaller('reader-thread', data)
  await writer.call('start', { hasFile: true, hasLog: true })
  await reader.call('start')
  const threads = replace({ writer, reader })
  if (threads.writer !== writer) onTestFinished(() => writer.end())
  const driver = await loadDriver()
  const database = driver.open(path, { readOnly: true })
  const disk = { freeBytes: async () => Number.POSITIVE_INFINITY, logFileBytes: async () => 0, logBytes: 0 }
  const startSearcher = async () => reader
  return new SqliteStore({ ...threads, startSearcher, database, driver, disk, unlock: () => undefined })
}

const changes = { channel: general, after: 0, limit: 10, bytes: 10_000 } as const

describe('the threads of a SQLite store', () => {
  test('a SQLite writer thread that dies makes its commits fail, and reads go on', async () => {
    const store = await openWith((threads) => ({ ...threads, writer: new ThreadCaller('dying-thread.fixture', {}) }))
    const underWay = [store.commit([unit([create('b')])]), store.commit([unit([create('c')])])]
    for (const one of underWay) await expect(one).rejects.toMatchObject({ name: 'StoreUnavailable' })
    await expect(store.commit([unit([create('d')])])).rejects.toMatchObject({ name: 'StoreUnavailable' })
    expect((await store.lookup(general, [{ collection: 'messages', recordId: 'a' }])).records[0]?.rev).toBe(1)
    expect((await store.changes(changes))?.changes[0]?.id).toBe('a')
    await store.close()
  })

  test('a SQLite reader thread that dies makes its reads fail, and commits go on', async () => {
    let reader: Threads['reader'] | undefined
    const store = await openWith((threads) => {
      reader = threads.reader
      return threads
    })
    await reader?.end()
    await expect(store.changes(changes)).rejects.toMatchObject({ name: 'StoreUnavailable' })
    expect((await commit(store, create('b'))).head).toBe(2)
    await store.close()
  })

  test('a SQLite commit waits for a checkpoint that a slow disk delays, and does not fail', async () => {
    const path = join(temporaryFolder(), 'store.db')
    const store = await openSqliteStore({ path })
    await commit(store, create('a'))
    // A checkpoint holds the write lock while it copies the rest of the log.
    const slow = (await loadDriver()).open(path)
    // The store may still be about to write something of its own.
    slow.exec('PRAGMA busy_timeout = 20000; BEGIN IMMEDIATE')
    const waiting = commit(store, create('b'))
    await sleep(5500)
    slow.exec('COMMIT')
    slow.close()
    expect((await waiting).head).toBe(2)
    await store.close()
  })

  test('a SQLite thread that can not start says why', async () => {
    const thread: WriterThread = new ThreadCaller('no-such-thread', {})
    await expect(thread.call('renew')).rejects.toThrow(/no-such-thread failed: .*no-such-thread/)
  })
})
