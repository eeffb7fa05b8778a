import type { SharedBuckets } from '../../ports/buckets.ts'
import type { RedisDatabase } from './redis-database.ts'
import { script } from './scripts/script.ts'

/**
 * name and key, tokens a second, burst → 0, or the milliseconds until the next token. The time is that
 * of Redis, so that no clocks are compared. A bucket that would be full again is deleted.
 */
const takeScript = script(
  'writes',
  `
local time = call('TIME')
local now, rate, burst = time[1] * 1000 + math.floor(time[2] / 1000), tonumber(ARGV[2]) / 1000, tonumber(ARGV[3])
local key = P .. ':bucket:' .. ARGV[1]
local known = call('HMGET', key, 'tokens', 'at')
local tokens = known[1] and math.min(burst, known[1] + math.max(0, now - known[2]) * rate) or burst
if tokens < 1 then return math.ceil((1 - tokens) / rate) end
call('HSET', key, 'tokens', string.format('%.6f', tokens - 1), 'at', now)
call('PEXPIRE', key, math.ceil(burst / rate))
return 0
`,
)

export class RedisBuckets implements SharedBuckets {
  readonly #database: RedisDatabase

  constructor(database: RedisDatabase) {
    this.#database = database
  }

  async take({ name, key, perSecond, burst }: Parameters<SharedBuckets['take']>[0]): Promise<number> {
    const waitMs = await this.#database.call(takeScript, [`${name}:${key}`, String(perSecond), String(burst)])
    return Number(waitMs) / 1000
  }
}
