import { describe, expect, onTestFinished, test } from 'vitest'
import { accountsContract, durableAccountsContract } from '../../ports/accounts.contract.ts'
import { apiKeysContract } from '../../ports/api-keys/api-keys.contract.ts'
import { consumersContract } from '../../ports/consumers/consumers.contract.ts'
import { fileTableContract } from '../../ports/files/file-table.contract.ts'
import { reindexingContract } from '../../ports/indexing/reindexing.contract.ts'
import { durableStoreContract } from '../../ports/store.contract.ts'
import { searchContract } from '../../ports/store-contract/search.contract.ts'
import {
  commit,
  commitUnit,
  create,
  idOf,
  range,
  recordOf,
  unit,
  write,
} from '../../ports/store-contract/store.fixture.ts'
import { webhookNotesContract } from '../../ports/webhooks/webhook-notes.contract.ts'
import { databases } from './connection/databases.fixture.ts'
import { openPostgresStore } from './open.ts'

// Without flushes: connection/faults.test.ts tests what a killed server has kept.
const { emptied } = databases({ fsync: false })

const openDurable = async () => {
  const url = await emptied()
  const store = await openPostgresStore({ url, readers: 2 })
  const reopen = async () => {
    await store.close()
    return await openPostgresStore({ url })
  }
  return { store, reopen }
}

durableStoreContract('the PostgreSQL store', openDurable)

describe('the PostgreSQL store', () => {
  reindexingContract(openDurable)
  apiKeysContract(openDurable)
  consumersContract(openDurable)
  webhookNotesContract(openDurable)
  fileTableContract(openDurable)

  test('[SEA14] of several nodes, one indexes anew', async () => {
    const { store } = await openDurable()
    onTestFinished(() => store.close())
    await commit(store, ...range(20).map((index) => create(idOf(index))))
    await store.reindexing.begin([{ namespace: 'chat', collection: 'messages', rules: 'one' }])
    const mine = await store.reindexing.next('one', 5)
    expect(mine?.records).toHaveLength(5)
    expect(await store.reindexing.next('two', 5)).toBeNull()
    if (mine !== null)
      await store.reindexing.put(
        'one',
        mine,
        range(5).map(() => 'word'),
      )
    expect(await store.reindexing.next('two', 5)).toBeNull()
    expect((await store.reindexing.next('one', 100))?.records).toHaveLength(15)
  })

  test('[APP10] a record says since which revision it was only appended to', async () => {
    const { store } = await openDurable()
    onTestFinished(() => store.close())
    const put = (expectRev: number) => write({ expectRev })
    const append = (expectRev: number) => ({ ...put(expectRev), pieces: [{ path: '/text', at: 0, value: 'x' }] })
    const since = async (...writes: Parameters<typeof unit>[0][number][]) => {
      await commitUnit(store, unit(writes))
      return (await recordOf(store, 'a'))?.grownSince
    }
    expect(await since(put(0))).toBeUndefined()
    expect(await since(append(1))).toBe(1)
    expect(await since(append(2), append(3))).toBe(1)
    expect(await since(put(4))).toBeUndefined()
    expect(await since(append(5))).toBe(5)
    expect(await since({ ...put(6), effect: 'delete' })).toBeUndefined()
  })
})

describe('postgres', () => {
  durableAccountsContract(openDurable)
  accountsContract(async () => {
    const store = await openPostgresStore({ url: await emptied(), readers: 2 })
    return { store, accounts: store }
  })
})

describe('the PostgreSQL store whose index is asked beyond the newest record', () => {
  searchContract(async () => openPostgresStore({ url: await emptied(), readers: 2, newestLookedAt: 1 }))
})
