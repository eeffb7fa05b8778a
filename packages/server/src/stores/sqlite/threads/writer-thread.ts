/** The thread of the only writer: a flush of the disk delays no other thread. */
import { workerData } from 'node:worker_threads'
import { type Database, loadDriver } from '../driver/driver.ts'
import { openForWriting, type ThreadData } from '../driver/open-connection.ts'
import { FileHistory, type FoundFiles, lineOfEmptyFile } from '../history/file-history.ts'
import { migrate } from '../migrations/migrate.ts'
import type { ConsumerTable } from '../tables/consumer-table.ts'
import type { OutboxTable } from '../tables/outbox-table.ts'
import type { WebhookNoteTable } from '../tables/webhook-note-table.ts'
import { Writer } from '../writes/writer.ts'
import { serveCalls } from './serve-calls.ts'
import type { ThreadCaller } from './thread-caller.ts'

const driver = await loadDriver((workerData as ThreadData).driver)
let opened: { readonly database: Database; readonly history: FileHistory; readonly writer: Writer } | null = null

const verbs = {
  /** Returns one line for people where the file is not the one that the server left, or holds nothing. */
  start(found: FoundFiles): string | null {
    const data = workerData as ThreadData
    const database = openForWriting(driver, data)
    const lineOfEmpty = lineOfEmptyFile(data.path, database, found)
    migrate(database)
    const history = new FileHistory(data.path, database)
    const line = history.begin(found)
    opened = { database, history, writer: new Writer(database, history) }
    return lineOfEmpty ?? line
  },
  commit: (...values: Parameters<Writer['commit']>) => writer().commit(...values),
  open: (...values: Parameters<Writer['open']>) => writer().open(...values),
  drop: (...values: Parameters<Writer['drop']>) => writer().drop(...values),
  renew: () => writer().renew(),
  erase: (user: string) => writer().erase(user),
  saveProfile: (...values: Parameters<Writer['saveProfile']>) => writer().saveProfile(...values),
  revoke: (...values: Parameters<Writer['revoke']>) => writer().revoke(...values),
  spend: (...values: Parameters<Writer['spend']>) => writer().spend(...values),
  saveKey: (...values: Parameters<Writer['saveKey']>) => writer().saveKey(...values),
  noteKey: (...values: Parameters<Writer['noteKey']>) => writer().noteKey(...values),
  dropKey: (id: string) => writer().dropKey(id),
  addFile: (...values: Parameters<Writer['files']['add']>) => writer().files.add(...values),
  storedFile: (...values: Parameters<Writer['files']['stored']>) => writer().files.stored(...values),
  claimFiles: (...values: Parameters<Writer['files']['claim']>) => writer().files.claim(...values),
  claimFilesOf: (...values: Parameters<Writer['files']['claimChannel']>) => writer().files.claimChannel(...values),
  settleFile: (...values: Parameters<Writer['files']['settle']>) => writer().files.settle(...values),
  withdrawFile: (...values: Parameters<Writer['files']['withdraw']>) => writer().files.withdraw(...values),
  takeOverFiles: (...values: Parameters<Writer['files']['takeOver']>) => writer().files.takeOver(...values),
  dropFile: (id: string) => writer().files.drop(id),
  forgetFiles: (...values: Parameters<Writer['files']['forget']>) => writer().files.forget(...values),
  markRead: (...values: Parameters<Writer['markRead']>) => writer().markRead(...values),
  makeConsumer: (...values: Parameters<ConsumerTable['make']>) => writer().consumers.make(...values),
  resetConsumer: (...values: Parameters<ConsumerTable['reset']>) => writer().consumers.reset(...values),
  dropConsumer: (name: string) => writer().consumers.drop(name),
  claim: (...values: Parameters<ConsumerTable['claim']>) => writer().consumers.claim(...values),
  settle: (...values: Parameters<ConsumerTable['settle']>) => writer().consumers.settle(...values),
  renewLease: (...values: Parameters<ConsumerTable['renew']>) => writer().consumers.renew(...values),
  saveNote: (...values: Parameters<WebhookNoteTable['save']>) => writer().webhookNotes.save(...values),
  dropNote: (...values: Parameters<WebhookNoteTable['drop']>) => writer().webhookNotes.drop(...values),
  trimNotes: (...values: Parameters<WebhookNoteTable['trim']>) => writer().webhookNotes.trim(...values),
  settleOutbox: (...values: Parameters<OutboxTable['settle']>) => writer().outbox.settle(...values),
  index: (...values: Parameters<Writer['index']>) => writer().index(...values),
  beginReindex: (...values: Parameters<Writer['beginReindex']>) => writer().beginReindex(...values),
  reindex: (...values: Parameters<Writer['reindex']>) => writer().reindex(...values),
  unindexed: () => writer().unindexed(),
  sweepGarbage: () => writer().sweep.droppedChannels(),
  sweepKeys: (...values: Parameters<Writer['sweep']['keys']>) => writer().sweep.keys(...values),
  sweepTombstones: (...values: Parameters<Writer['sweep']['tombstones']>) => writer().sweep.tombstones(...values),
  stop(): void {
    opened?.history.end()
    // What is read next, perhaps by other tools, is then the file alone.
    opened?.database.exec('PRAGMA wal_checkpoint(TRUNCATE)')
    opened?.database.close()
  },
}

/** This thread, as its callers see it. */
export type WriterThread = ThreadCaller<typeof verbs>

function writer(): Writer {
  if (opened === null) throw new Error('the writer has not started')
  return opened.writer
}

/** What many people or workers do at once, such as to come as guests: one row each. */
const small: readonly (keyof typeof verbs)[] = [
  'saveProfile',
  'spend',
  'markRead',
  'revoke',
  'noteKey',
  'addFile',
  'storedFile',
  'claim',
  'settle',
  'renewLease',
  'saveNote',
  'dropNote',
]

serveCalls(verbs, { verbs: new Set(small), run: (calls) => writer().together(calls) })
