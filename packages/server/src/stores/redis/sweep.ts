import { listOf, type Reply } from './packed-row.ts'
import type { RedisDatabase } from './redis-database.ts'
import { forgetKeysScript, purgeTombstonesScript, sweepScript } from './scripts/channel-changes.ts'

/** The number of keys or tombstones that one script deletes at most. */
const atOnce = 500

/** Purges keys and tombstones in steps, channel by channel, so that no step blocks Redis for long. */
export class Sweep {
  readonly #database: RedisDatabase

  constructor(database: RedisDatabase) {
    this.#database = database
  }

  async purge(before: {
    readonly keys: number
    readonly tombstones: number | null
  }): Promise<{ keys: number; tombstones: number }> {
    const counts = { keys: 0, tombstones: 0 }
    const channels = (await this.#database.call(sweepScript, [this.#database.run])) as Reply
    for (const channel of listOf(channels).map(String)) {
      counts.keys += await this.#forgetKeys(channel, before.keys)
      if (before.tombstones === null) continue
      const purged = await this.#purgeTombstones(channel, before.tombstones)
      counts.tombstones += purged
      // Without these tombstones the channel may have nothing left to purge: this call then delists it.
      if (purged > 0) counts.keys += await this.#forgetKeys(channel, before.keys)
    }
    return counts
  }

  async #forgetKeys(channel: string, before: number): Promise<number> {
    let sum = 0
    for (;;) {
      const count = Number(await this.#database.call(forgetKeysScript, [this.#database.run, channel, String(before)]))
      sum += count
      if (count < atOnce) return sum
    }
  }

  async #purgeTombstones(channel: string, before: number): Promise<number> {
    let sum = 0
    let from = '0'
    while (from !== '') {
      const args = [this.#database.run, channel, String(before), from]
      const [count, next] = listOf((await this.#database.call(purgeTombstonesScript, args)) as Reply)
      sum += Number(count)
      from = String(next)
    }
    return sum
  }
}
