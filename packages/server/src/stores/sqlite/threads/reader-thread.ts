/**
 * The thread of reads that may be large, so that they do not delay the sockets' thread. It also makes
 * the checkpoints.
 */
import { setPriority } from 'node:os'
import { workerData } from 'node:worker_threads'
import { type Database, loadDriver } from '../driver/driver.ts'
import { openForReading, type ThreadData } from '../driver/open-connection.ts'
import { type CheckpointOptions, checkpoint } from '../file/checkpoint.ts'
import { ReindexReads } from '../search/reindex-reads.ts'
import { SearchReads } from '../search/search-reads.ts'
import { AccountReads } from '../tables/account-reads.ts'
import { BulkReads } from '../tables/bulk-reads.ts'
import { ConsumerReads } from '../tables/consumer-table.ts'
import { OutboxReads } from '../tables/outbox-table.ts'
import { packChanges, packPage, packSnapshot } from '../wire/wire-reads.ts'
import { serveCalls } from './serve-calls.ts'
import type { ThreadCaller } from './thread-caller.ts'

const driver = await loadDriver((workerData as ThreadData).driver)
interface Opened {
  readonly database: Database
  readonly reads: BulkReads
  readonly accounts: AccountReads
  readonly search: SearchReads
  readonly reindex: ReindexReads
  readonly consumers: ConsumerReads
  readonly outbox: OutboxReads
}

let opened: Opened | null = null

const verbs = {
  /** Called when the writer has created or migrated the file. */
  start(): void {
    const database = openForReading(driver, workerData as ThreadData)
    const accounts = new AccountReads(database)
    const [search, reindex] = [new SearchReads(database), new ReindexReads(database)]
    opened = {
      database,
      reads: new BulkReads(database),
      accounts,
      search,
      reindex,
      consumers: new ConsumerReads(database),
      outbox: new OutboxReads(database),
    }
  },
  channels: (...values: Parameters<BulkReads['channels']>) => open().reads.channels(...values),
  recentChannels: (...values: Parameters<BulkReads['recentChannels']>) => open().reads.recentChannels(...values),
  page: (...values: Parameters<BulkReads['page']>) => packPage(open().reads.page(...values)),
  changes: (...values: Parameters<BulkReads['changes']>) => packChanges(open().reads.changes(...values)),
  snapshot: (...values: Parameters<BulkReads['snapshot']>) => packSnapshot(open().reads.snapshot(...values)),
  surplus: (...values: Parameters<BulkReads['surplus']>) => open().reads.surplus(...values),
  search: (...values: Parameters<SearchReads['search']>) => open().search.search(...values),
  reindexProgress: () => open().reindex.progress(),
  nextReindex: (...values: Parameters<ReindexReads['next']>) => open().reindex.next(...values),
  purgeable: (...values: Parameters<BulkReads['purgeable']>) => open().reads.purgeable(...values),
  revocations: (...values: Parameters<AccountReads['revocations']>) => open().accounts.revocations(...values),
  channelsOf: (...values: Parameters<AccountReads['channelsOf']>) => open().accounts.channelsOf(...values),
  unread: (...values: Parameters<AccountReads['unread']>) => open().accounts.unread(...values),
  outboxWaiting: (limit: number) => open().outbox.waiting(limit),
  consumerPositions: (name: string) => open().consumers.positions(name),
  checkpoint: (options: CheckpointOptions) => checkpoint(open().database, options),
  stop: () => opened?.database.close(),
}

/** This thread, as its callers see it. */
export type ReaderThread = ThreadCaller<typeof verbs>

function open(): Opened {
  if (opened === null) throw new Error('the reader has not started')
  return opened
}

/**
 * Where cores are few, large reads yield to the sockets and to commits. At 10, checkpoints came too late on one core. On
 * Linux the priority is the thread's own, elsewhere the whole process's.
 */
const nice = 5
if (process.platform === 'linux') {
  try {
    setPriority(nice)
  } catch {
    // Some sandboxes, such as Deno's, refuse it: reads then have the priority of everything else.
  }
}
serveCalls(verbs)
