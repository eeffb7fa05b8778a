import { describe, expect, onTestFinished, test } from 'vitest'
import { accountsContract, durableAccountsContract } from '../../ports/accounts.contract.ts'
import { apiKeysContract } from '../../ports/api-keys/api-keys.contract.ts'
import { consumersContract } from '../../ports/consumers/consumers.contract.ts'
import { fileTableContract } from '../../ports/files/file-table.contract.ts'
import { reindexingContract } from '../../ports/indexing/reindexing.contract.ts'
import { durableStoreContract } from '../../ports/store.contract.ts'
import { searchContract } from '../../ports/store-contract/search.contract.ts'
import { commit, create, idOf, range } from '../../ports/store-contract/store.fixture.ts'
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
