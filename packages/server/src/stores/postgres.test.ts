import { describe } from 'vitest'
import { accountsContract } from '../ports/accounts.contract.ts'
import { durableStoreContract } from '../ports/store.contract.ts'
import { searchContract } from '../ports/store-contract/search.contract.ts'
import { databases } from './postgres/databases.fixture.ts'
import { openPostgresStore } from './postgres.ts'

// Without flushes: what is kept when a server dies is the matter of postgres/faults.test.ts.
const { emptied } = databases({ fsync: false })

durableStoreContract('the PostgreSQL store', async () => {
  const url = await emptied()
  const store = await openPostgresStore({ url, readers: 2 })
  const reopen = async () => {
    await store.close()
    return await openPostgresStore({ url })
  }
  return { store, reopen }
})

describe('postgres', () => {
  accountsContract(async () => {
    const store = await openPostgresStore({ url: await emptied(), readers: 2 })
    return { store, accounts: store }
  })
})

describe('the PostgreSQL store whose index is asked beyond the newest record', () => {
  searchContract(async () => openPostgresStore({ url: await emptied(), readers: 2, newestLookedAt: 1 }))
})
