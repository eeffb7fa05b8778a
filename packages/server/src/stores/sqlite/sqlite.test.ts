import { join } from 'node:path'
import { describe } from 'vitest'
import { apiKeysContract } from '../../ports/api-keys/api-keys.contract.ts'
import { consumersContract } from '../../ports/consumers/consumers.contract.ts'
import { fileTableContract } from '../../ports/files/file-table.contract.ts'
import { reindexingContract } from '../../ports/indexing/reindexing.contract.ts'
import { durableStoreContract } from '../../ports/store.contract.ts'
import { webhookNotesContract } from '../../ports/webhooks/webhook-notes.contract.ts'
import { temporaryFolder } from './file/temporary-folder.fixture.ts'
import { openSqliteStore } from './open.ts'

const openDurable = async () => {
  const path = join(temporaryFolder(), 'store.db')
  const store = await openSqliteStore({ path })
  const reopen = async () => {
    await store.close()
    return await openSqliteStore({ path })
  }
  return { store, reopen }
}

durableStoreContract('the SQLite store', openDurable)

describe('the SQLite store', () => {
  reindexingContract(openDurable)
  apiKeysContract(openDurable)
  consumersContract(openDurable)
  webhookNotesContract(openDurable)
  fileTableContract(openDurable)
})
