import type { StoreWatch, Touched } from '../../ports/watch.ts'
import { listOf, type Reply } from './packed-row.ts'
import type { RedisDatabase } from './redis-database.ts'
import { touchedScript } from './scripts/reads.ts'

/** A mark is the incarnation of the database and its counter of changes, which scripts raise one after the other. */
export class RedisWatch implements StoreWatch {
  readonly #database: RedisDatabase

  constructor(database: RedisDatabase) {
    this.#database = database
  }

  incarnationOf(mark: string): string {
    return mark.split(' ')[0] ?? ''
  }

  async touched(mark: string | null): Promise<Touched> {
    await this.#database.checkRun()
    const { incarnation } = this.#database
    const [before, count] = (mark ?? '').split(' ')
    const isContinued = before === incarnation && count !== undefined
    const reply = (await this.#database.call(touchedScript, [isContinued ? count : ''])) as Reply
    const [now, ...found] = listOf(reply)
    const channels = found.map((one) => {
      const [name, epoch, head] = listOf(one)
      return { name: String(name), epoch: epoch === null ? null : String(epoch), head: Number(head) }
    })
    const isNew = mark !== null && !isContinued
    return { channels, revocationsChanged: false, mark: `${incarnation} ${now}`, ...(isNew ? { lost: true } : {}) }
  }
}
