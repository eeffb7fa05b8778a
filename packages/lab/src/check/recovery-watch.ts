/** Lets the code that breaks servers during a run wait for their recovery, and for a number of writes. */
import { setTimeout as pause } from 'node:timers/promises'
import type { Acknowledged } from './judge/observation.ts'
import type { Reader } from './readers/reader.ts'

export class RecoveryWatch {
  readonly #readers: readonly Reader[]
  readonly #now: () => number
  #acknowledged = 0
  #counting: { readonly count: number; readonly resolve: () => void }[] = []
  /** How often attempts to write failed in the present wait, by reason. */
  readonly #failures = new Map<string, number>()
  #waiting: { readonly since: number; readonly resolve: (write: Acknowledged) => void }[] = []

  /** `now`: monotonic ms. */
  constructor(readers: readonly Reader[], now: () => number) {
    this.#readers = readers
    this.#now = now
  }

  /** To be called of every write. */
  acknowledged(write: Acknowledged): void {
    this.#acknowledged += 1
    this.#counting = this.#counting.filter(({ count, resolve }) => {
      if (this.#acknowledged >= count) resolve()
      return this.#acknowledged < count
    })
    // The reply to a delete does not tell its revision.
    if (write.rev === null) return
    const done = this.#waiting.filter(({ since }) => write.invokedAt >= since)
    this.#waiting = this.#waiting.filter((each) => !done.includes(each))
    for (const { resolve } of done) resolve(write)
  }

  /** To be called of every attempt to write that failed. */
  failed(why: string): void {
    this.#failures.set(why, (this.#failures.get(why) ?? 0) + 1)
  }

  /** Resolves when so many writes of the run were acknowledged, however long a slow machine takes. */
  written(count: number): Promise<void> {
    if (this.#acknowledged >= count) return Promise.resolve()
    return new Promise((resolve) => this.#counting.push({ count, resolve }))
  }

  /**
   * Resolves when a write that is asked for from now on was acknowledged and every reader has it; with the ms that
   * this took. Rejects after `withinMs`, and tells who is behind.
   */
  async recovered(withinMs: number): Promise<number> {
    const since = this.#now()
    this.#failures.clear()
    const late = new AbortController()
    const behind = new Set(this.#readers)
    let write: Acknowledged | null = null
    const arriving = (async () => {
      write = await new Promise<Acknowledged>((resolve) => this.#waiting.push({ since, resolve }))
      const { epoch, rev } = write
      await Promise.all(
        this.#readers.map(async (reader) => {
          await reader.reached(epoch, rev ?? 0)
          behind.delete(reader)
        }),
      )
      return true
    })()
    const arrived = await Promise.race([arriving, pause(withinMs, false, late)])
    late.abort()
    if (!arrived) throw new Error(`not recovered within ${withinMs} ms: ${this.#describeLag(write, behind)}`)
    return this.#now() - since
  }

  #describeLag(write: Acknowledged | null, behind: ReadonlySet<Reader>): string {
    if (write !== null) return describeBehind(write, behind)
    const reasons = [...this.#failures].map(([why, count]) => `${count} times ${why}`)
    return `no write was acknowledged: ${reasons.join(', ') || 'none had a reply'}`
  }
}

function describeBehind(write: Acknowledged, behind: ReadonlySet<Reader>): string {
  const seen = [...behind].map((reader) => reader.observation)
  return `behind ${write.epoch}.${write.rev}: ${seen.map(({ name, epoch, rev }) => `${name} at ${epoch}.${rev}`).join(', ')}`
}
