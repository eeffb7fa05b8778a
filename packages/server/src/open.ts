/** Opens the adapter of a URL. It is the only file that names all adapters; a driver is loaded when a URL needs it. */
import { join, resolve } from 'node:path'
import { makeFolder, privateFolder } from './auth/make-folder.ts'
import { openMemoryBackbone } from './backbones/memory/memory-backbone.ts'
import { folderFiles } from './files/folder-files.ts'
import { loadAdapter, StartFailure } from './load-adapter.ts'
import type { Accounts } from './ports/accounts.ts'
import type { ApiKeys } from './ports/api-keys/api-keys.ts'
import type { Backbone } from './ports/backbone.ts'
import type { SharedBuckets } from './ports/buckets.ts'
import type { Clock } from './ports/clock.ts'
import type { Consumers } from './ports/consumers/consumers.ts'
import type { FileStorage } from './ports/files/file-storage.ts'
import type { FileTable } from './ports/files/file-table.ts'
import type { Reindexing } from './ports/indexing/reindexing.ts'
import type { ApplicationOutbox, Outbox } from './ports/outbox/outbox.ts'
import type { PresenceStore } from './ports/presence.ts'
import type { Store } from './ports/store.ts'
import type { StoreWatch } from './ports/watch.ts'
import type { WebhookNotes } from './ports/webhooks/webhook-notes.ts'
import { MemoryAccounts } from './stores/memory/memory-accounts.ts'
import { MemoryApiKeys } from './stores/memory/memory-api-keys.ts'
import { MemoryConsumers } from './stores/memory/memory-consumers.ts'
import { MemoryFiles } from './stores/memory/memory-files.ts'
import { openMemoryStore } from './stores/memory/memory-store.ts'
import { MemoryWebhookNotes } from './stores/memory/memory-webhook-notes.ts'
import type { SqliteDriver } from './stores/sqlite/driver/driver.ts'

export { type SqliteDriver, StartFailure }

/** The durable store of channels, and the store of users' accounts. */
export interface DurableStore {
  readonly store: Store
  readonly accounts: Accounts
  readonly apiKeys: ApiKeys
  readonly consumers: Consumers
  readonly webhookNotes: WebhookNotes
  readonly files: FileTable
  /** What other processes write to it; `null`: none does. */
  readonly watch: StoreWatch | null
  /** Writes that applications leave in the database; `null`: this store takes none. Opened by its first call. */
  readonly outbox: Outbox | null
  /** The same, where the application's own connection fills it in this process; `null`: none can. */
  readonly applicationOutbox: ApplicationOutbox | null
  /** Brings the search index to the configuration; `null`: the store is made anew with each start. */
  readonly reindexing: Reindexing | null
  /** What its database is known by; `null`: no other part of the node uses the database. */
  readonly historyId: string | null
}

export interface StoreOptions {
  /** Gets one line for people where the store has gone back to an earlier state and got new epochs, or can't tell for certain whether it has. */
  readonly onNewHistory?: (line: string) => void
  readonly sqliteDriver?: SqliteDriver | undefined
}

/** @throws StartFailure */
export async function openStore(
  url: string | undefined,
  dataDir: string,
  { onNewHistory = () => undefined, sqliteDriver: driver }: StoreOptions = {},
): Promise<DurableStore> {
  const address = addressOf(url, dataDir)
  const scheme = schemeOf(address)
  switch (scheme) {
    case 'memory':
      return memoryStore()
    case 'sqlite': {
      const { openSqliteStore } = await import('./stores/sqlite/open.ts')
      const path = pathIn(address)
      try {
        const store = await openSqliteStore({ path, onNewHistory, driver })
        const { apiKeys, consumers, files, webhookNotes, reindexing, outbox } = store
        const kept = { apiKeys, consumers, files, webhookNotes, reindexing, outbox, applicationOutbox: outbox }
        return { store, accounts: store, ...kept, ...ofOneProcess }
      } catch (cause) {
        throw new StartFailure(`store: ${(cause as Error).message}`, { cause })
      }
    }
    case 'postgres':
    case 'postgresql': {
      const load = () => import('./stores/postgres/open.ts')
      const { openPostgresStore, PostgresOutbox } = await loadAdapter('store', 'pg', load)
      try {
        const store = await openPostgresStore({ url: address, onNewHistory })
        return {
          store,
          accounts: store,
          apiKeys: store.apiKeys,
          consumers: store.consumers,
          webhookNotes: store.webhookNotes,
          files: store.files,
          watch: store,
          outbox: new PostgresOutbox({ url: address }),
          applicationOutbox: null,
          reindexing: store.reindexing,
          historyId: store.historyId,
        }
      } catch (cause) {
        throw new StartFailure(`store: ${(cause as Error).message}`, { cause })
      }
    }
    default:
      throw new StartFailure(`store: this build has no adapter for "${scheme}:"; it has sqlite:, postgres: and memory:`)
  }
}

function memoryStore(): DurableStore {
  const store = openMemoryStore()
  return {
    store,
    accounts: new MemoryAccounts(store),
    apiKeys: new MemoryApiKeys(),
    consumers: new MemoryConsumers(),
    files: new MemoryFiles(),
    webhookNotes: new MemoryWebhookNotes(),
    ...ofOneProcess,
    outbox: null,
    applicationOutbox: null,
    reindexing: null,
  }
}

/** No other node writes to it. */
const ofOneProcess = { watch: null, historyId: null } as const

/** The path of the SQLite file; `null`: the store is not SQLite. */
export function sqlitePath(url: string | undefined, dataDir: string): string | null {
  const address = addressOf(url, dataDir)
  return schemeOf(address) === 'sqlite' ? pathIn(address) : null
}

function addressOf(url: string | undefined, dataDir: string): string {
  return url ?? `sqlite:${join(dataDir, 'dovetail.db')}`
}

function pathIn(address: string): string {
  const path = address.slice('sqlite:'.length)
  if (path === '') throw new StartFailure('store: "sqlite:" needs a path, as in sqlite:data/dovetail.db')
  return resolve(path)
}

/**
 * Opens where files are kept: a folder, or a service by its URL. Without an address it is the folder `files` beside the
 * SQLite file; other stores need one that all nodes share, so it has to be named. `null`: no files are taken.
 */
export async function openFiles(
  { files, store }: { readonly files?: string | undefined; readonly store?: string | undefined },
  dataDir: string,
  clock: Clock,
): Promise<FileStorage | null> {
  if (files !== undefined && /^s3:/i.test(files)) {
    const { openS3Files } = await loadAdapter('files', 'aws4fetch', () => import('./files/s3/open.ts'))
    return await opened('files', files, () => openS3Files(files, process.env))
  }
  const folder = files ?? (sqlitePath(store, dataDir) === null ? null : join(dataDir, 'files'))
  if (folder === null) return null
  try {
    if (files !== undefined) await makeFolder(folder, privateFolder)
    return folderFiles(folder, clock)
  } catch (cause) {
    throw new StartFailure(`files: ${(cause as Error).message}`, { cause })
  }
}

/** Presence and rate limits that all nodes share. */
export interface SharedParts {
  readonly presence: PresenceStore
  readonly buckets: SharedBuckets
}

/** The store of the namespaces whose channels are kept in memory. */
export interface MemoryNamespaces {
  readonly store: Store
  /** What other processes write to it; `null`: none does. */
  readonly watch: StoreWatch | null
  /** Presence and rate limits that all nodes share; `null`: this store shares none. */
  readonly shared: SharedParts | null
  close(): Promise<void>
}

export async function openMemoryNamespaces(
  url: string | undefined,
  services: Services & Lease,
): Promise<MemoryNamespaces> {
  const address = url ?? 'memory:'
  const scheme = schemeOf(address)
  switch (scheme) {
    case 'memory': {
      const store = openMemoryStore()
      return { store, watch: null, shared: null, close: () => store.close() }
    }
    case 'redis':
    case 'rediss': {
      const { openRedisMemory } = await loadAdapter('memory', 'redis', () => import('./stores/redis/open.ts'))
      const options = { url: address, ...services }
      const { store, ...shared } = await opened('memory', address, () => openRedisMemory(options))
      return { store, watch: store, shared, close: () => store.close() }
    }
    default:
      throw new StartFailure(`memory: this build has no adapter for "${scheme}:"; it has memory:, redis: and rediss:`)
  }
}

/** Opens a backbone that needs no store. */
export async function openBackbone(url: string | undefined, services: Services): Promise<Backbone> {
  const address = url ?? 'memory:'
  const scheme = schemeOf(address)
  switch (scheme) {
    case 'memory':
      return openMemoryBackbone()
    case 'redis':
    case 'rediss': {
      const load = () => import('./backbones/redis/redis-backbone.ts')
      const { openRedisBackbone } = await loadAdapter('backbone', 'redis', load)
      return await opened('backbone', address, () => openRedisBackbone(address, services))
    }
    case 'kafka':
    case 'kafkas': {
      const load = () => import('./backbones/kafka/kafka-backbone.ts')
      const { openKafkaBackbone } = await loadAdapter('backbone', '@platformatic/kafka', load)
      return await opened('backbone', address, () => openKafkaBackbone(address, services))
    }
    default:
      throw new StartFailure(
        `backbone: this build has no adapter for "${scheme}:"; it has memory:, postgres:, redis:, rediss:, kafka: and kafkas:`,
      )
  }
}

/** What joins nodes in the database of their store. Its schema is there by then. */
export async function openPostgresBackbone(
  url: string,
  options: Services & Lease & Pick<DurableStore, 'historyId'>,
): Promise<{ readonly backbone: Backbone; readonly shared: SharedParts }> {
  const load = () => import('./backbones/postgres/open.ts')
  const adapter = await loadAdapter('backbone', 'pg', load)
  const historyId = options.historyId ?? ''
  const open = () => adapter.openPostgresBackbone({ ...options, url, historyId })
  const { backbone, ...shared } = await opened('backbone', url, open)
  return { backbone, shared }
}

export interface Lease {
  /** How long a node may be silent, in ms, before its users count as gone. */
  readonly leaseMs: number
}

export interface Services {
  readonly clock: Clock
  readonly report: (error: unknown, doing: string) => void
}

/** An error message names the address that could not be opened, without its password. */
async function opened<Part>(option: string, address: string, open: () => Promise<Part>): Promise<Part> {
  try {
    return await open()
  } catch (cause) {
    const { message } = cause as Error
    throw new StartFailure(`${option}: ${shown(address)}: ${message}`, { cause })
  }
}

function shown(address: string): string {
  return address.replace(/^([a-z+]+:\/\/).*@/i, '$1').replace(/\?.*$/, '')
}

export function schemeOf(url: string): string {
  const match = /^([a-z][a-z0-9+.-]*):/i.exec(url)
  if (match?.[1] === undefined)
    throw new StartFailure(`"${url}" is no URL of an adapter, such as sqlite:data/dovetail.db or memory:`)
  return match[1].toLowerCase()
}

/** Loads backup and restore of SQLite files, together with the driver. */
export function loadSqliteCopies() {
  return import('./stores/sqlite/file/copy.ts')
}
