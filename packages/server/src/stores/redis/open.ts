import type { SharedBuckets } from '../../ports/buckets.ts'
import type { Clock } from '../../ports/clock.ts'
import type { PresenceStore } from '../../ports/presence.ts'
import { randomEpoch } from '../shared/epoch.ts'
import { RedisBuckets } from './redis-buckets.ts'
import { RedisDatabase } from './redis-database.ts'
import { RedisPresence } from './redis-presence.ts'
import { RedisStore, type RedisStoreBounds } from './redis-store.ts'

export interface RedisStoreOptions extends Partial<RedisStoreBounds> {
  readonly url: string
  readonly clock: Clock
  readonly report: (error: unknown, doing: string) => void
  /** How long to wait for an answer, in milliseconds. */
  readonly answerMs?: number
}

/**
 * Opens the store that keeps memory namespaces for many nodes. Lost data and failovers are expected:
 * channels then begin a new epoch, and their readers start over. @throws Error, one line, where Redis
 * can't be reached or evicts keys.
 */
export async function openRedisStore(options: RedisStoreOptions): Promise<RedisStore> {
  return storeIn(await openDatabase(options), options)
}

/** Opens the store, the presence and the rate limits of all nodes on one Redis. Closing the store closes all three. */
export async function openRedisMemory(
  options: RedisStoreOptions & {
    /** How long a node may be silent before its users are removed, in milliseconds. */
    readonly leaseMs: number
  },
): Promise<{ readonly store: RedisStore; readonly presence: PresenceStore; readonly buckets: SharedBuckets }> {
  const database = await openDatabase(options)
  try {
    const presence = await RedisPresence.open(database, options.leaseMs)
    return { store: storeIn(database, options), presence, buckets: new RedisBuckets(database) }
  } catch (error) {
    await database.close()
    throw error
  }
}

function openDatabase({ url, clock, report, answerMs = 4000 }: RedisStoreOptions): Promise<RedisDatabase> {
  return RedisDatabase.open({ url, clock, report, answerMs, newId: randomEpoch })
}

function storeIn(database: RedisDatabase, { tombstones = 10_000, keys = 100_000 }: RedisStoreOptions): RedisStore {
  return new RedisStore(database, { tombstones, keys })
}
