/** URL → adapter: the only file that names them all. Drivers are loaded when a URL asks for them. */
import { join, resolve } from 'node:path'
import { openMemoryBackbone } from './backbones/memory.ts'
import type { Accounts } from './ports/accounts.ts'
import type { Backbone } from './ports/backbone.ts'
import type { SharedBuckets } from './ports/buckets.ts'
import type { Clock } from './ports/clock.ts'
import type { PresencePlace } from './ports/presence.ts'
import type { Store } from './ports/store.ts'
import type { StoreWatch } from './ports/watch.ts'
import { openMemoryStore } from './stores/memory.ts'
import { MemoryAccounts } from './stores/memory-accounts.ts'

/** Why the server can't start: one clear line. */
export class StartFailure extends Error {
  override readonly name = 'StartFailure'
}

/** The durable log, and what is kept of users beside it. */
export interface DurablePlace {
  readonly store: Store
  readonly accounts: Accounts
  /** What other processes write to it; `null`: none does. */
  readonly watch: StoreWatch | null
}

export async function openStore(url: string | undefined, dataDir: string): Promise<DurablePlace> {
  const address = addressOf(url, dataDir)
  const scheme = schemeOf(address)
  switch (scheme) {
    case 'memory': {
      const store = openMemoryStore()
      return { store, accounts: new MemoryAccounts(store), watch: null }
    }
    case 'sqlite': {
      const { openSqliteStore } = await import('./stores/sqlite.ts')
      const path = pathIn(address)
      try {
        const store = await openSqliteStore({ path })
        return { store, accounts: store, watch: null }
      } catch (cause) {
        throw new StartFailure(`store: ${(cause as Error).message}`, { cause })
      }
    }
    case 'postgres':
    case 'postgresql': {
      const { openPostgresStore } = await import('./stores/postgres.ts')
      try {
        const store = await openPostgresStore({ url: address })
        return { store, accounts: store, watch: store }
      } catch (cause) {
        throw new StartFailure(`store: ${(cause as Error).message}`, { cause })
      }
    }
    default:
      throw new StartFailure(`store: this build has no adapter for "${scheme}:"; it has sqlite:, postgres: and memory:`)
  }
}

/** The file that a SQLite store is in; `null`: the store is another one. */
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

/** Where memory namespaces live. */
export interface MemoryPlace {
  readonly store: Store
  /** What other processes write to it; `null`: none does. */
  readonly watch: StoreWatch | null
  /** What joins this node with others besides its stores; `null`: there are none. */
  readonly shared: { readonly presence: PresencePlace; readonly buckets: SharedBuckets } | null
  close(): Promise<void>
}

export async function openMemoryPlace(
  url: string | undefined,
  services: Services & {
    /** How long a node may be silent before its users are gone. */
    readonly leaseMs: number
  },
): Promise<MemoryPlace> {
  const address = url ?? 'memory:'
  const scheme = schemeOf(address)
  switch (scheme) {
    case 'memory': {
      const store = openMemoryStore()
      return { store, watch: null, shared: null, close: () => store.close() }
    }
    case 'redis':
    case 'rediss': {
      const { openRedisMemory } = await import('./stores/redis.ts')
      const options = { url: address, ...services }
      const { store, ...shared } = await opened('memory', address, () => openRedisMemory(options))
      return { store, watch: store, shared, close: () => store.close() }
    }
    default:
      throw new StartFailure(`memory: this build has no adapter for "${scheme}:"; it has memory:, redis: and rediss:`)
  }
}

export async function openBackbone(url: string | undefined, services: Services): Promise<Backbone> {
  const address = url ?? 'memory:'
  const scheme = schemeOf(address)
  switch (scheme) {
    case 'memory':
      return openMemoryBackbone()
    case 'redis':
    case 'rediss': {
      const { openRedisBackbone } = await import('./backbones/redis.ts')
      return await opened('backbone', address, () => openRedisBackbone(address, services))
    }
    case 'kafka':
    case 'kafkas': {
      const { openKafkaBackbone } = await import('./backbones/kafka.ts')
      return await opened('backbone', address, () => openKafkaBackbone(address, services))
    }
    default:
      throw new StartFailure(
        `backbone: this build has no adapter for "${scheme}:"; it has memory:, redis:, rediss:, kafka: and kafkas:`,
      )
  }
}

export interface Services {
  readonly clock: Clock
  readonly report: (error: unknown, doing: string) => void
}

/** What can't be opened is told with its address, never with the password in it. */
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
