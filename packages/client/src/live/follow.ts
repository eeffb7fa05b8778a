import type { Change, Followed, FollowOptions, ResetReason } from 'dovetail-protocol'
import { type Cursor, formatCursor, parseCursor } from 'dovetail-protocol/cursor'
import { backOffMs } from '../base/back-off.ts'
import { DovetailError } from '../base/errors.ts'
import { nothing } from '../base/nothing.ts'
import { errorFrom } from '../base/rest.ts'
import type { Subscriber } from '../connection/subscriber.ts'
import type { Subscription } from '../connection/subscription.ts'
import { askChanges } from '../transports/round.ts'
import type { Engine } from './engine.ts'

interface Range {
  readonly from: number
  readonly to: number
  readonly epoch: string | null
  readonly changes: readonly Change[]
}

/** At most this many changes are held for a slow consumer; the rest is read from the log later. */
const maxHeld = 1000

/** Throws a `DovetailError` when it cannot go on: `forbidden`, `gone` (the channel was deleted), or the server's refusal. */
export async function* follow(engine: Engine, channel: string, options: FollowOptions): AsyncGenerator<Followed, void> {
  const { after, signal } = options
  if (after !== undefined && parseCursor(after) === null)
    throw new DovetailError('invalid_cursor', `"${after}"`, { status: 400 })
  const follower = new Follower(engine, engine.subscriptions.of(channel), after, signal)
  try {
    yield* follower.read()
  } finally {
    follower.stop()
  }
}

/** Takes ranges from the channel's subscription as they arrive, and reads missing ranges by REST. */
class Follower implements Subscriber {
  readonly #engine: Engine
  readonly #subscription: Subscription
  readonly #signal: AbortSignal | undefined
  readonly #leave: () => void
  #cursor: Cursor | null = null
  /** The same as text, which may say where the reading began. */
  #after = '0'
  /** The cursor that the subscription has reached. */
  #reached: Cursor | null = null
  #ranges: Range[] = []
  #held = 0
  /** The cursor from which to continue after the log was restored to a revision below the follower's cursor. */
  #putBackTo: Cursor | null = null
  /** The follower's cursor is above the subscription's. Either newer changes are about to arrive or the log was restored: only the server knows. */
  #isAhead = false
  #failures = 0
  #resume: () => void = nothing

  constructor(engine: Engine, subscription: Subscription, after: string | undefined, signal: AbortSignal | undefined) {
    this.#engine = engine
    this.#subscription = subscription
    if (after !== undefined) this.#moveTo(after)
    this.#signal = signal
    signal?.addEventListener('abort', this.#abort)
    this.#leave = subscription.add(this)
  }

  stop(): void {
    this.#signal?.removeEventListener('abort', this.#abort)
    this.#leave()
  }

  readonly #abort = (): void => this.#resume()

  joined(_page: null, cursor: Cursor, anew: boolean): void {
    this.#forget()
    if (this.#cursor?.epoch === cursor.epoch && this.#cursor.rev > cursor.rev) {
      // A log that was followed is an earlier copy now. The server can tell only until it has grown beyond this cursor.
      if (anew && this.#reached !== null) this.#putBackTo = cursor
      else this.#isAhead = true
    }
    this.#reached = cursor
    if (this.#cursor === null) this.#moveTo(formatCursor(cursor.epoch, cursor.rev))
    this.#resume()
  }

  changes(changes: readonly Change[]): void {
    const { cursor } = this.#subscription
    if (this.#reached === null || cursor === null) return
    this.#ranges.push({ from: this.#reached.rev, to: cursor.rev, epoch: cursor.epoch, changes })
    this.#held += changes.length
    if (this.#held > maxHeld) this.#forget()
    this.#reached = cursor
    this.#resume()
  }

  stateChanged(): void {
    this.#resume()
  }

  #forget(): void {
    this.#ranges = []
    this.#held = 0
  }

  async *read(): AsyncGenerator<Followed, void> {
    while (!this.#signal?.aborted) {
      const next = this.#putBackTo === null ? this.#take() : this.#goBack(this.#putBackTo)
      if (next !== null) yield next
      else if (this.#isOver()) return
      else if (this.#isBehind) {
        const read = await this.#readOn()
        if (read !== null) yield read
      } else await this.#pause(null)
    }
  }

  #take(): Followed | null {
    for (let range = this.#ranges[0]; range !== undefined; range = this.#ranges[0]) {
      const { epoch, rev } = this.#cursor ?? { epoch: null, rev: 0 }
      if (range.from > rev || (epoch !== null && epoch !== range.epoch)) return null
      this.#ranges.shift()
      this.#held -= range.changes.length
      if (range.to <= rev) continue
      const changes = range.changes.filter(({ record }) => record.rev > rev)
      return this.#advance(rev, formatCursor(range.epoch, range.to), changes)
    }
    return null
  }

  #goBack({ epoch, rev }: Cursor): Followed {
    this.#putBackTo = null
    return this.#startOver('ahead', formatCursor(epoch, rev))
  }

  #startOver(reason: ResetReason, cursor: string): Followed {
    this.#moveTo(cursor)
    return { type: 'reset', reason, cursor }
  }

  #moveTo(cursor: string): void {
    this.#cursor = parseCursor(cursor)
    this.#after = cursor
  }

  #advance(from: number, cursor: string, changes: readonly Change[]): Followed {
    this.#moveTo(cursor)
    return { type: 'changes', from, to: this.#cursor?.rev ?? from, cursor, changes }
  }

  /** Whether following is over. Throws when it cannot go on. */
  #isOver(): boolean {
    const { state } = this.#subscription
    if (state.name === 'failed') throw state.error
    if (state.name === 'ended')
      throw new DovetailError(state.reason === 'deleted' ? 'gone' : 'forbidden', `${this.#subscription.channel} ended`)
    const connection = this.#engine.connection.state
    if ('error' in connection && connection.error !== null) throw connection.error
    return connection.name === 'closed'
  }

  get #isBehind(): boolean {
    if (this.#reached === null || this.#cursor === null) return false
    if (this.#isAhead) return true
    return this.#cursor.epoch !== this.#reached.epoch || this.#cursor.rev < this.#reached.rev
  }

  /** Reads the changes between the follower's cursor and the subscription's by REST. Null: the read failed or gave no change, and the back-off is over. */
  async #readOn(): Promise<Followed | null> {
    const rev = this.#cursor?.rev ?? 0
    const { network } = this.#engine
    let atLeastMs = 0
    try {
      const subs = { [this.#subscription.channel]: this.#after }
      const { replies } = await askChanges(network, subs, {}, { signal: this.#signal })
      const [reply] = replies
      this.#isAhead = false
      if (reply?.error?.code === 'reset') {
        const { reason = 'epoch', cursor = '0' } = reply.error
        return this.#startOver(reason, cursor)
      }
      if (reply?.error !== undefined) throw errorFrom(reply.error, 0)
      if (reply !== undefined && reply.to > rev) {
        this.#failures = 0
        return this.#advance(rev, reply.cursor, reply.changes)
      }
      // The log ends at the follower's cursor, so the subscription is behind and will reach it soon.
    } catch (cause) {
      if (!(cause instanceof DovetailError) || (!cause.retryable && cause.code !== 'aborted')) throw cause
      atLeastMs = (cause.retryAfter ?? 0) * 1000
    }
    await this.#pause(backOffMs(this.#failures++, network.random, atLeastMs))
    return null
  }

  /** Waits until something happens; with `ms`, at most that long. */
  #pause(ms: number | null): Promise<void> {
    return new Promise((resolve) => {
      const stop = ms === null ? nothing : this.#engine.network.clock.after(ms, () => this.#resume())
      this.#resume = () => {
        this.#resume = nothing
        stop()
        resolve()
      }
    })
  }
}
