import { join } from 'node:path'
import { durableStoreContract } from '../ports/store.contract.ts'
import { temporaryFolder } from './sqlite/temporary-folder.fixture.ts'
import { openSqliteStore } from './sqlite.ts'

durableStoreContract('the SQLite store', async () => {
  const path = join(temporaryFolder(), 'store.db')
  const store = await openSqliteStore({ path })
  const reopen = async () => {
    await store.close()
    return await openSqliteStore({ path })
  }
  return { store, reopen }
})
