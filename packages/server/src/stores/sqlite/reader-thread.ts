/** The thread of reads that may be large: what they take is not taken from the sockets. It also makes the checkpoints. */
import { workerData } from 'node:worker_threads'
import { AccountReads } from './account-reads.ts'
import { BulkReads } from './bulk-reads.ts'
import { type CheckpointOptions, checkpoint } from './checkpoint.ts'
import { type Database, loadDriver } from './driver.ts'
import { openForReading, type ThreadData } from './open-connection.ts'
import { SearchReads } from './search-reads.ts'
import { serveCalls } from './serve-calls.ts'
import type { ThreadCaller } from './thread-caller.ts'
import { packChanges, packPage, packSnapshot } from './wire-reads.ts'

const driver = await loadDriver()
interface Opened {
  readonly database: Database
  readonly reads: BulkReads
  readonly accounts: AccountReads
  readonly search: SearchReads
}

let opened: Opened | null = null

const verbs = {
  /** Called when the writer has made the file what it must be. */
  start(): void {
    const database = openForReading(driver, workerData as ThreadData)
    const accounts = new AccountReads(database)
    opened = { database, reads: new BulkReads(database), accounts, search: new SearchReads(database) }
  },
  channels: (...values: Parameters<BulkReads['channels']>) => open().reads.channels(...values),
  page: (...values: Parameters<BulkReads['page']>) => packPage(open().reads.page(...values)),
  changes: (...values: Parameters<BulkReads['changes']>) => packChanges(open().reads.changes(...values)),
  snapshot: (...values: Parameters<BulkReads['snapshot']>) => packSnapshot(open().reads.snapshot(...values)),
  search: (...values: Parameters<SearchReads['search']>) => open().search.search(...values),
  purgeable: (...values: Parameters<BulkReads['purgeable']>) => open().reads.purgeable(...values),
  revocations: (...values: Parameters<AccountReads['revocations']>) => open().accounts.revocations(...values),
  channelsOf: (...values: Parameters<AccountReads['channelsOf']>) => open().accounts.channelsOf(...values),
  unread: (...values: Parameters<AccountReads['unread']>) => open().accounts.unread(...values),
  checkpoint: (options: CheckpointOptions) => checkpoint(open().database, options),
  stop: () => opened?.database.close(),
}

/** This thread, as those who call it see it. */
export type ReaderThread = ThreadCaller<typeof verbs>

function open(): Opened {
  if (opened === null) throw new Error('the reader has not started')
  return opened
}

serveCalls(verbs)
