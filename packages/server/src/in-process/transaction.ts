/**
 * Writes within a transaction of the application's own, on its own connection to the SQLite file of the store: an INSERT
 * into the outbox each.
 */
import type { ChannelNames, CollectionsOf, MergePatch } from 'dovetail-protocol'
import type { WriteOp } from '../core/write/decide.ts'
import type { ApplicationOutbox } from '../ports/outbox/outbox.ts'
import type { WriteOptions } from './collection.ts'

/** A connection as better-sqlite3, node:sqlite and @photostructure/sqlite make it. */
export interface SqliteConnection {
  prepare(sql: string): { run(...values: (string | null)[]): unknown }
}

type QueuedOptions = Omit<WriteOptions, 'ifRev'>

/** Each call leaves one write, which is made when the transaction has committed. */
export interface QueuedCollection<Data> {
  create(data: Data, options?: QueuedOptions): void
  update(id: string, patch: MergePatch<Data>, options?: QueuedOptions): void
  /** Replaces the record, or creates it under this id. */
  replace(id: string, data: Data, options?: QueuedOptions): void
  /** Adds text at the end of a string of the record. `path`: a JSON pointer into the data. */
  append(id: string, path: string, text: string, options?: QueuedOptions): void
  delete(id: string, options?: QueuedOptions): void
}

export interface QueuedChannel<Types, Name extends string> {
  collection<Key extends keyof CollectionsOf<Types, Name> & string>(
    name: Key,
  ): QueuedCollection<CollectionsOf<Types, Name>[Key]>
}

export interface TransactionWrites<Types> {
  channel<Name extends ChannelNames<Types>>(name: Name): QueuedChannel<Types, Name>
}

const insert =
  'INSERT INTO dovetail_outbox (channel, collection, op, record, data, author, key) VALUES (?, ?, ?, ?, ?, ?, ?)'

/** `service`: for whom it is written where no author is given. */
export function openTransaction<Types>(
  connection: SqliteConnection,
  outbox: Pick<ApplicationOutbox, 'expect'>,
  service: string,
): TransactionWrites<Types> {
  const statement = connection.prepare(insert)
  const queue = (channel: string, collection: string, op: WriteOp, { id, data, author = service, key }: Queued) => {
    const text = data === undefined ? null : JSON.stringify(data)
    statement.run(channel, collection, op, id ?? null, text, author, key ?? null)
    outbox.expect()
  }
  return {
    channel: (channel) => ({
      collection: (collection) => ({
        create: (data, options) => queue(channel, collection, 'create', { data, ...options }),
        update: (id, data, options) => queue(channel, collection, 'patch', { id, data, ...options }),
        replace: (id, data, options) => queue(channel, collection, 'put', { id, data, ...options }),
        append: (id, path, value, options) =>
          queue(channel, collection, 'append', { id, data: [{ op: 'append', path, value }], ...options }),
        delete: (id, options) => queue(channel, collection, 'delete', { id, ...options }),
      }),
    }),
  }
}

interface Queued extends QueuedOptions {
  readonly id?: string
  readonly data?: unknown
}
