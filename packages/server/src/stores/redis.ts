import type { Clock } from '../ports/clock.ts'
import { RedisPlace } from '../redis/redis-place.ts'
import { randomEpoch } from './epoch.ts'
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
  const { tombstones = 10_000, keys = 100_000 } = options
  const { url, clock, report, answerMs = 4000 } = options
  const place = await RedisPlace.open({ url, clock, report, answerMs, newId: randomEpoch })
  return new RedisStore(place, { tombstones, keys })
}
