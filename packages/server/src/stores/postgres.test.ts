import { startPostgres } from '@dovetail/lab/services'
import { afterAll, beforeAll, describe } from 'vitest'
import { accountsContract } from '../ports/accounts.contract.ts'
import { durableStoreContract } from '../ports/store.contract.ts'
import { openPostgresStore } from './postgres.ts'

let server: Awaited<ReturnType<typeof startPostgres>>
let databases = 0

// Without flushes, which these rules don't depend on: faults.test.ts has them.
beforeAll(async () => {
  server = await startPostgres({ fsync: false })
})
afterAll(() => server.stop())

async function openEmpty() {
  const url = await server.createDatabase(`contract${databases++}`)
  return { url, store: await openPostgresStore({ url, readers: 2 }) }
}

durableStoreContract('the PostgreSQL store', async () => {
  const { url, store } = await openEmpty()
  const reopen = async () => {
    await store.close()
    return await openPostgresStore({ url })
  }
  return { store, reopen }
})

describe('postgres', () => {
  accountsContract(async () => {
    const { store } = await openEmpty()
    return { store, accounts: store }
  })
})
