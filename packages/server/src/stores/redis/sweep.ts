import type { RedisPlace } from '../../redis/redis-place.ts'
import { listOf, type Reply } from './packed-row.ts'
import { forgetKeysScript, purgeTombstonesScript, sweepScript } from './scripts/changes-of-place.ts'

/** What one script forgets at most. */
const atOnce = 500

/** Forgets in steps, channel by channel, so that nobody waits long for it. */
export class Sweep {
  readonly #place: RedisPlace

  constructor(place: RedisPlace) {
    this.#place = place
  }

  async purge(before: {
    readonly keys: number
    readonly tombstones: number | null
  }): Promise<{ keys: number; tombstones: number }> {
    const counts = { keys: 0, tombstones: 0 }
    const channels = (await this.#place.call(sweepScript, [this.#place.run])) as Reply
    for (const channel of listOf(channels).map(String)) {
      counts.keys += await this.#forgetKeys(channel, before.keys)
      if (before.tombstones === null) continue
      const purged = await this.#purgeTombstones(channel, before.tombstones)
      counts.tombstones += purged
      // Nothing may be left to sweep now.
      if (purged > 0) counts.keys += await this.#forgetKeys(channel, before.keys)
    }
    return counts
  }

  async #forgetKeys(channel: string, before: number): Promise<number> {
    let sum = 0
    for (;;) {
      const count = Number(await this.#place.call(forgetKeysScript, [this.#place.run, channel, String(before)]))
      sum += count
      if (count < atOnce) return sum
    }
  }

  async #purgeTombstones(channel: string, before: number): Promise<number> {
    let sum = 0
    let from = '0'
    while (from !== '') {
      const args = [this.#place.run, channel, String(before), from]
      const [count, next] = listOf((await this.#place.call(purgeTombstonesScript, args)) as Reply)
      sum += Number(count)
      from = String(next)
    }
    return sum
  }
}
