/** An event stream of all channels of a pattern: page after page, each when its reader has taken the one before. */
import { encodePage, gatherMs } from '../../core/following/encode-page.ts'
import type { FollowedPage, Follower } from '../../core/following/follower.ts'
import { Failure } from '../../core/rules/failure.ts'
import { pause } from '../../ports/clock.ts'
import { Frame } from '../../ports/frame.ts'
import { waitForDrain } from '../connections/wait-for-drain.ts'
import { readPage } from './pattern-reading.ts'
import { type StreamLine, StreamReader } from './stream-reader.ts'

/** A longer cursor is no event's id: clients send the id back in a header, and a server takes 16 KiB of those. */
const longestId = 4096

export class PatternStream extends StreamReader {
  readonly #line: StreamLine
  readonly #follower: Follower
  readonly #limit: number

  constructor(line: StreamLine, follower: Follower, limit: number) {
    super(line, true)
    this.#line = line
    this.#follower = follower
    this.#limit = limit
  }

  /** `first` was read before the response began, and is sent in any case: its cursor is where a reader comes back. */
  async begin(first: FollowedPage): Promise<void> {
    const { context, payer } = this.#line
    this.enter()
    this.#send(first)
    try {
      for (let page = first; !this.isOver; ) {
        await waitForDrain(this.outlet)
        if (!page.more) {
          await this.#follower.touched()
          await pause(context.core.clock, gatherMs(page))
        }
        if (this.isOver) return
        page = await readPage(context, payer, this.#follower, this.#limit)
        if (page.channels.length > 0) this.#send(page)
      }
    } catch (error) {
      this.#failed(error)
    }
  }

  #send(page: FollowedPage): void {
    this.outlet.send(new Frame('followed', encodePage(page), page.cursor.length > longestId ? null : page.cursor))
  }

  #failed(error: unknown): void {
    const { code } = Failure.from(error)
    if (code === 'internal' || code === 'store_unavailable') {
      this.#line.context.core.report(error, 'following a pattern')
      this.breakOff()
    } else this.finish()
  }

  protected hasBegun(): boolean {
    return true
  }

  protected stopped(): void {
    this.#follower.close()
  }
}
