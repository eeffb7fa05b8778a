/** The thread of the one writer: a flush of the disk stalls it and nobody else. */
import { workerData } from 'node:worker_threads'
import { type Database, loadDriver } from './driver.ts'
import { migrate } from './migrate.ts'
import { openForWriting, type ThreadData } from './open-connection.ts'
import { serveCalls } from './serve-calls.ts'
import type { ThreadCaller } from './thread-caller.ts'
import { Writer } from './writer.ts'

const driver = await loadDriver()
let opened: { readonly database: Database; readonly writer: Writer } | null = null

const verbs = {
  start(): void {
    const database = openForWriting(driver, workerData as ThreadData)
    migrate(database)
    opened = { database, writer: new Writer(database) }
  },
  commit: (...values: Parameters<Writer['commit']>) => writer().commit(...values),
  open: (...values: Parameters<Writer['open']>) => writer().open(...values),
  drop: (...values: Parameters<Writer['drop']>) => writer().drop(...values),
  renew: () => writer().renew(),
  saveProfile: (...values: Parameters<Writer['saveProfile']>) => writer().saveProfile(...values),
  revoke: (...values: Parameters<Writer['revoke']>) => writer().revoke(...values),
  spend: (...values: Parameters<Writer['spend']>) => writer().spend(...values),
  markRead: (...values: Parameters<Writer['markRead']>) => writer().markRead(...values),
  index: (...values: Parameters<Writer['index']>) => writer().index(...values),
  uncarried: () => writer().uncarried(),
  sweepGarbage: () => writer().sweep.garbage(),
  sweepKeys: (...values: Parameters<Writer['sweep']['keys']>) => writer().sweep.keys(...values),
  sweepTombstones: (...values: Parameters<Writer['sweep']['tombstones']>) => writer().sweep.tombstones(...values),
  stop(): void {
    // What is read next, perhaps by other tools, is then the file alone.
    opened?.database.exec('PRAGMA wal_checkpoint(TRUNCATE)')
    opened?.database.close()
  },
}

/** This thread, as those who call it see it. */
export type WriterThread = ThreadCaller<typeof verbs>

function writer(): Writer {
  if (opened === null) throw new Error('the writer has not started')
  return opened.writer
}

serveCalls(verbs)
