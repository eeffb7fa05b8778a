import { join } from 'node:path'
import { describe } from 'vitest'
import { accountsContract, durableAccountsContract } from '../ports/accounts.contract.ts'
import { apiKeysContract } from '../ports/api-keys/api-keys.contract.ts'
import { consumersContract } from '../ports/consumers/consumers.contract.ts'
import { fileTableContract } from '../ports/files/file-table.contract.ts'
import { webhookNotesContract } from '../ports/webhooks/webhook-notes.contract.ts'
import { MemoryAccounts } from './memory/memory-accounts.ts'
import { MemoryApiKeys } from './memory/memory-api-keys.ts'
import { MemoryConsumers } from './memory/memory-consumers.ts'
import { MemoryFiles } from './memory/memory-files.ts'
import { openMemoryStore } from './memory/memory-store.ts'
import { MemoryWebhookNotes } from './memory/memory-webhook-notes.ts'
import { temporaryFolder } from './sqlite/file/temporary-folder.fixture.ts'
import { openSqliteStore } from './sqlite/open.ts'

describe('memory', () => {
  apiKeysContract(async () => ({ store: { apiKeys: new MemoryApiKeys(), close: async () => undefined }, reopen: null }))
  consumersContract(async () => ({
    store: { consumers: new MemoryConsumers(), close: async () => undefined },
    reopen: null,
  }))
  webhookNotesContract(async () => ({
    store: { webhookNotes: new MemoryWebhookNotes(), close: async () => undefined },
    reopen: null,
  }))
  fileTableContract(async () => ({ store: { files: new MemoryFiles(), close: async () => undefined }, reopen: null }))
  accountsContract(async () => {
    const store = openMemoryStore()
    return { store, accounts: new MemoryAccounts(store) }
  })
})

describe('sqlite', () => {
  const newPath = () => join(temporaryFolder(), 'accounts.db')
  accountsContract(async () => {
    const store = await openSqliteStore({ path: newPath() })
    return { store, accounts: store }
  })
  durableAccountsContract(async () => {
    const path = newPath()
    const store = await openSqliteStore({ path })
    const reopen = async () => {
      await store.close()
      return await openSqliteStore({ path })
    }
    return { store, reopen }
  })
})
