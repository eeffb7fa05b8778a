import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Store } from '../../../ports/store.ts'
import {
  commit,
  commitUnit,
  create,
  general,
  range,
  unit,
  wide,
  write,
} from '../../../ports/store-contract/store.fixture.ts'
import { temporaryFolder } from '../file/temporary-folder.fixture.ts'
import { openSqliteStore } from '../open.ts'

const text = 'x'.repeat(16_000)
const chapter = (name: string) => range(50).map((index) => create(`${name}.${index}`, text))

/** Commits until the file is full. Returns how many commits were taken. */
async function fill(store: Store): Promise<number> {
  for (let taken = 0; ; taken++) {
    try {
      await commitUnit(store, unit(chapter(String(taken)), { channel: 'chat:large' }))
    } catch (error) {
      expect(error).toMatchObject({ name: 'StoreUnavailable' })
      return taken
    }
  }
}

describe('a SQLite file that is full', () => {
  test('a full SQLite file commits no unit in part, still serves reads, and accepts commits again when there is room', async () => {
    const path = join(temporaryFolder(), 'store.db')
    const store = await openSqliteStore({ path, maxPages: 1200 })
    await commit(store, create('before'))
    const taken = await fill(store)
    expect(taken).toBeGreaterThan(2)
    expect((await store.channel('chat:large'))?.head).toBe(taken * 50)
    expect((await store.changes({ channel: general, after: 0, ...wide }))?.to).toBe(1)
    expect(await store.drop('chat:large')).toBe(true)
    const room50 = async (): Promise<boolean> =>
      commitUnit(store, unit(chapter('again'), { channel: 'chat:again' })).then(
        () => true,
        () => false,
      )
    // A dropped channel is deleted between other commits, so the room is free a little later.
    let tries = 0
    while (!(await room50())) expect(++tries).toBeLessThan(1000)
    await store.close()
  })
})

describe('the write-ahead log', () => {
  test('the write-ahead log does not grow without bound under steady writers and readers', async () => {
    const path = join(temporaryFolder(), 'store.db')
    const store = await openSqliteStore({ path })
    await commit(store, create('first'))
    let state: 'writing' | 'done' = 'writing'
    const read = async (): Promise<void> => {
      while (state === 'writing') await store.changes({ channel: general, after: 0, ...wide })
    }
    const readers = [read(), read()]
    let largest = 0
    // 128 MB go through a log that is begun anew at 16.
    for (const round of range(160)) {
      await commit(store, ...chapter(`r${round}`))
      await store.lookup(general, [{ collection: 'messages', recordId: 'first' }])
      largest = Math.max(largest, statSync(`${path}-wal`).size)
    }
    state = 'done'
    await Promise.all(readers)
    await store.close()
    expect(largest).toBeGreaterThan(4_000_000)
    expect(largest).toBeLessThan(64_000_000)
  })
})

describe('what is deleted', () => {
  test('deleted data is in none of the SQLite files after the store is closed', async () => {
    const folder = temporaryFolder()
    const path = join(folder, 'store.db')
    const store = await openSqliteStore({ path })
    const secret = `secret-${'s'.repeat(20)}`
    await commit(
      store,
      { ...create('short', secret), words: 'wordsecret' },
      create('long', `${secret}${text}`),
      { ...create('kept', 'kept-text'), words: 'wordkept' },
      { ...create('edited', secret), words: 'wordsecret' },
    )
    await commit(
      store,
      write({ recordId: 'short', effect: 'delete', data: '', expectRev: 1 }),
      write({ recordId: 'long', effect: 'delete', data: '', expectRev: 2 }),
      write({ recordId: 'edited', words: 'wordedited', expectRev: 4 }),
    )
    await store.close()
    const bytes = readdirSync(folder).map((file) => readFileSync(join(folder, file), 'latin1'))
    expect(bytes.join('')).toContain('kept-text')
    expect(bytes.join('')).toContain('wordkept')
    expect(bytes.join('')).not.toContain(secret)
    expect(bytes.join('')).not.toContain('wordsecret')
  })
})
