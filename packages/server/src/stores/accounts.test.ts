import { join } from 'node:path'
import { describe } from 'vitest'
import { accountsContract } from '../ports/accounts.contract.ts'
import { openMemoryStore } from './memory.ts'
import { MemoryAccounts } from './memory-accounts.ts'
import { temporaryFolder } from './sqlite/temporary-folder.fixture.ts'
import { openSqliteStore } from './sqlite.ts'

describe('memory', () => {
  accountsContract(async () => {
    const store = openMemoryStore()
    return { store, accounts: new MemoryAccounts(store) }
  })
})

describe('sqlite', () => {
  accountsContract(async () => {
    const store = await openSqliteStore({ path: join(temporaryFolder(), 'accounts.db') })
    return { store, accounts: store }
  })
})
