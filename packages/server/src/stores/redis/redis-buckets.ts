import type { SharedBuckets } from '../../ports/buckets.ts'
import type { RedisPlace } from '../../redis/redis-place.ts'
import { script } from '../../redis/script.ts'

/**
 * name and key, tokens a second, burst → 0, or the milliseconds until there is a token. Time is that
 * of Redis, so that no clocks are compared. A bucket that would be full again is forgotten.
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
  readonly #place: RedisPlace

  constructor(place: RedisPlace) {
    this.#place = place
  }

  async take({ name, key, perSecond, burst }: Parameters<SharedBuckets['take']>[0]): Promise<number> {
    const waitMs = await this.#place.call(takeScript, [`${name}:${key}`, String(perSecond), String(burst)])
    return Number(waitMs) / 1000
  }
}
