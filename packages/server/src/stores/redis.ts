import type { SharedBuckets } from '../ports/buckets.ts'
import type { Clock } from '../ports/clock.ts'
import type { PresencePlace } from '../ports/presence.ts'
import { RedisPlace } from '../redis/redis-place.ts'
import { randomEpoch } from './epoch.ts'
import { RedisBuckets } from './redis/redis-buckets.ts'
import { RedisPresence } from './redis/redis-presence.ts'
import { RedisStore, type RedisStoreBounds } from './redis/redis-store.ts'

export interface RedisStoreOptions extends Partial<RedisStoreBounds> {
  readonly url: string
  readonly clock: Clock
  readonly report: (error: unknown, doing: string) => void
  /** How long an answer is waited for, in milliseconds. */
  readonly answerMs?: number
}

/**
 * The place of memory namespaces that many nodes share. Lost data is no fault of it, and neither is
 * a failover: channels then begin a new epoch, and their readers start over.
 * @throws Error, one line, where Redis can't be reached or throws away what it should keep.
 */
export async function openRedisStore(options: RedisStoreOptions): Promise<RedisStore> {
  return storeIn(await openPlace(options), options)
}

/** The store, the presence of all nodes and their limits: closing the store closes all of it. */
export async function openRedisMemory(
  options: RedisStoreOptions & {
    /** How long a node may be silent before its users are gone. */
    readonly leaseMs: number
  },
): Promise<{ readonly store: RedisStore; readonly presence: PresencePlace; readonly buckets: SharedBuckets }> {
  const place = await openPlace(options)
  try {
    const presence = await RedisPresence.open(place, options.leaseMs)
    return { store: storeIn(place, options), presence, buckets: new RedisBuckets(place) }
  } catch (error) {
    await place.close()
    throw error
  }
}

function openPlace({ url, clock, report, answerMs = 4000 }: RedisStoreOptions): Promise<RedisPlace> {
  return RedisPlace.open({ url, clock, report, answerMs, newId: randomEpoch })
}

function storeIn(place: RedisPlace, { tombstones = 10_000, keys = 100_000 }: RedisStoreOptions): RedisStore {
  return new RedisStore(place, { tombstones, keys })
}
