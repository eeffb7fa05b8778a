import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { StoreUnavailable } from '../../../ports/store.ts'
import { general, range, wide } from '../../../ports/store-contract/store.fixture.ts'
import { openSqliteStore } from '../open.ts'
import { acknowledged, WritingChild } from './child-process.fixture.ts'
import { StoreLocked } from './hold-lock.ts'
import { temporaryFolder } from './temporary-folder.fixture.ts'

const endless = '1000000'

describe('a SQLite store that is killed', () => {
  test('a SQLite store that is killed at any moment has everything it acknowledged', async () => {
    const path = join(temporaryFolder(), 'store.db')
    let acks = 0
    for (const more of [1, 40, 170]) {
      const child = new WritingChild([path, endless, 'FULL', String(acks)])
      const lines = await child.until((said) => acknowledged(said).length >= more)
      await child.kill()
      acks = Math.max(acks, ...acknowledged(lines))
      const store = await openSqliteStore({ path })
      const head = (await store.channel(general))?.head ?? 0
      expect(head).toBeGreaterThanOrEqual(acks)
      const revs: number[] = []
      while (revs.length < head) {
        const read = await store.changes({ channel: general, after: revs.length, ...wide })
        revs.push(...(read?.changes.map(({ rev }) => rev) ?? []))
      }
      expect(revs).toEqual(range(head).map((index) => index + 1))
      // Groups of two, committed as a whole.
      expect(head % 2).toBe(0)
      await store.close()
    }
  })

  test('a killed SQLite store leaves no lock, and a live one lets no other process open its file', async () => {
    const path = join(temporaryFolder(), 'store.db')
    const child = new WritingChild([path, '1'])
    await child.until((lines) => lines.includes('done'))
    const second = openSqliteStore({ path })
    await expect(second).rejects.toBeInstanceOf(StoreLocked)
    await expect(second).rejects.toThrow(/^.*store\.db is served already, by another process or in this one$/)
    await child.kill()
    const store = await openSqliteStore({ path })
    expect((await store.channel(general))?.head).toBe(2)
    await store.close()
  })

  test('a second opening in the process that serves a SQLite file leaves it locked to other processes', async () => {
    const path = join(temporaryFolder(), 'store.db')
    const store = await openSqliteStore({ path })
    await expect(openSqliteStore({ path })).rejects.toBeInstanceOf(StoreLocked)
    const other = new WritingChild([path, '1'])
    await expect(other.until((lines) => lines.includes('open'))).rejects.toThrow('the child ended')
    await store.close()
  })

  test('a SQLite file is not opened twice in one process, not even by another name', async () => {
    const folder = temporaryFolder()
    const store = await openSqliteStore({ path: join(folder, 'store.db') })
    await expect(openSqliteStore({ path: join(folder, 'store.db') })).rejects.toBeInstanceOf(StoreLocked)
    await expect(openSqliteStore({ path: join(folder, '.', 'x', '..', 'store.db') })).rejects.toBeInstanceOf(
      StoreLocked,
    )
    await store.close()
    const again = await openSqliteStore({ path: join(folder, 'store.db') })
    await again.close()
    await expect(again.channel(general)).rejects.toBeInstanceOf(StoreUnavailable)
  })
})
