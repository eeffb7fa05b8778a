import type { StoreWatch, Touched } from '../../ports/watch.ts'
import type { RedisPlace } from '../../redis/redis-place.ts'
import { listOf, type Reply } from './packed-row.ts'
import { touchedScript } from './scripts/reads.ts'

/** The mark is the incarnation of the place and its count of changes, which scripts raise one after the other. */
export class RedisWatch implements StoreWatch {
  readonly #place: RedisPlace

  constructor(place: RedisPlace) {
    this.#place = place
  }

  incarnationOf(mark: string): string {
    return mark.split(' ')[0] ?? ''
  }

  async touched(mark: string | null): Promise<Touched> {
    await this.#place.checkRun()
    const { incarnation } = this.#place
    const [before, count] = (mark ?? '').split(' ')
    const isContinued = before === incarnation && count !== undefined
    const reply = (await this.#place.call(touchedScript, [isContinued ? count : ''])) as Reply
    const [now, ...found] = listOf(reply)
    const channels = found.map((one) => {
      const [name, epoch, head] = listOf(one)
      return { name: String(name), epoch: epoch === null ? null : String(epoch), head: Number(head) }
    })
    const isNew = mark !== null && !isContinued
    return { channels, revocationsChanged: false, mark: `${incarnation} ${now}`, ...(isNew ? { lost: true } : {}) }
  }
}
