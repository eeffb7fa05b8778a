/** A pattern that a connection follows: page after page, each when the peer has taken the one before. */
import type { UnfollowedReason } from 'dovetail-protocol'
import type { Caller } from '../../core/access/caller.ts'
import { encodePage, gatherMs } from '../../core/following/encode-page.ts'
import type { FollowedPage, Follower } from '../../core/following/follower.ts'
import type { Budgets } from '../../core/rate/budgets.ts'
import { Failure } from '../../core/rules/failure.ts'
import { type Clock, pause } from '../../ports/clock.ts'
import { followedFrame, unfollowedFrame } from '../../wire/frames.ts'
import type { ConnectionSession } from './session/connection-session.ts'

export interface PatternOptions {
  readonly pattern: string
  /** The most changes of a page. */
  readonly limit: number
  /** The most bytes of an event's JSON that the client takes; `null`: it did not say. */
  readonly maxBytes: number | null
}

/** The most bytes of an event around its page. */
export const aroundPage = 512

export class FollowedPattern {
  readonly #core: { readonly clock: Clock; readonly budgets: Budgets }
  readonly #session: ConnectionSession
  readonly #follower: Follower
  readonly #options: PatternOptions
  #isOver = false

  constructor(
    core: { readonly clock: Clock; readonly budgets: Budgets },
    session: ConnectionSession,
    follower: Follower,
    options: PatternOptions,
  ) {
    this.#core = core
    this.#session = session
    this.#follower = follower
    this.#options = options
  }

  get isOver(): boolean {
    return this.#isOver
  }

  /** `first` was read before the reply, and is sent in any case: its cursor is where a reader comes back. */
  async begin(first: FollowedPage): Promise<void> {
    if (this.#isOver) return
    this.#send(first)
    try {
      for (let page: FollowedPage | null = first; page !== null; ) page = await this.#goOn(page)
    } catch (error) {
      this.#failed(error)
    }
  }

  /** Sends the next page; `null`: the following is over. */
  async #goOn(last: FollowedPage): Promise<FollowedPage | null> {
    if (!last.more) {
      await this.#follower.touched()
      await pause(this.#core.clock, gatherMs(last))
    }
    // One page of the connection at a time is in memory, whatever the number of patterns.
    const endTurn = await this.#session.largeTurn()
    try {
      if (this.#isOver) return null
      const page = await this.#follower.read(this.#options.limit)
      this.#core.budgets.chargeRecords(this.#session.payer, page.looked)
      if (this.#isOver) return null
      if (page.channels.length > 0) this.#send(page)
      return page
    } finally {
      endTurn()
    }
  }

  #send(page: FollowedPage): void {
    const { pattern, maxBytes } = this.#options
    const json = encodePage(page, maxBytes === null ? null : maxBytes - aroundPage)
    this.#session.outlet.send(followedFrame(pattern, json))
  }

  /** The connection has signed in anew. */
  become(caller: Caller): void {
    try {
      this.#follower.become(caller)
    } catch (error) {
      this.#failed(error)
    }
  }

  #failed(error: unknown): void {
    if (this.#isOver) return
    const reason = reasonOf(error)
    if (reason === null) {
      this.close()
      this.#session.onBroken(error)
      return
    }
    const { pattern } = this.#options
    this.#session.patterns.release(pattern)
    this.#session.outlet.send(unfollowedFrame({ pattern, reason }))
  }

  close(): void {
    this.#isOver = true
    this.#follower.close()
  }
}

/** Why a client that asked again would be refused; `null`: it would not be. */
function reasonOf(error: unknown): UnfollowedReason | null {
  const { code } = Failure.from(error)
  return code === 'forbidden' || code === 'too_many_subscriptions' ? code : null
}
