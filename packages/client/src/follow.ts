import type { Change, ResetReason } from '@dovetail/protocol'
import { type Cursor, formatCursor, parseCursor } from '@dovetail/protocol/cursor'
import { backOffMs } from './back-off.ts'
import type { Engine } from './engine.ts'
import { DovetailError } from './errors.ts'
import { nothing } from './nothing.ts'
import { errorFrom } from './rest.ts'
import { canRetry } from './retry.ts'
import type { Reader, Subscription } from './subscription.ts'
import { askChanges } from './transports/round.ts'

export interface FollowOptions {
  /** A cursor to go on from; `0`: all that is there, then on. Default: from now. */
  readonly after?: string
  /** Ends the following, without an error. */
  readonly signal?: AbortSignal
}

export type Followed =
  | {
      readonly type: 'changes'
      /** Revisions: each range begins where the one before ended. */
      readonly from: number
      readonly to: number
      /** Everything up to here was given. */
      readonly cursor: string
      /** In rising revision; each record once, in its latest state. */
      readonly changes: readonly Change[]
    }
  /** What was given before is void: read again; what follows comes after `cursor`. */
  | { readonly type: 'reset'; readonly reason: ResetReason; readonly cursor: string }

interface Range {
  readonly from: number
  readonly to: number
  readonly epoch: string | null
  readonly changes: readonly Change[]
}

/** More changes than this are not held for one who is slow to take them: the log has them. */
const maxHeld = 1000

/** Throws a `DovetailError` where it can't go on: `forbidden`, `gone` (the channel was deleted), what the server refused. */
export async function* follow(engine: Engine, channel: string, options: FollowOptions): AsyncGenerator<Followed, void> {
  const after = options.after === undefined ? null : parseCursor(options.after)
  if (options.after !== undefined && after === null)
    throw new DovetailError('invalid_cursor', `"${options.after}"`, { status: 400 })
  const follower = new Follower(engine, engine.subscriptions.of(channel), after, options.signal)
  try {
    yield* follower.read()
  } finally {
    follower.stop()
  }
}

/** Takes ranges from the channel's subscription as they come, and reads by itself what it was not there for. */
class Follower implements Reader {
  readonly #engine: Engine
  readonly #subscription: Subscription
  readonly #signal: AbortSignal | undefined
  readonly #leave: () => void
  #cursor: Cursor | null
  /** Where the subscription stands. */
  #reached: Cursor | null = null
  #ranges: Range[] = []
  #held = 0
  #failures = 0
  #wake: () => void = nothing

  constructor(engine: Engine, subscription: Subscription, after: Cursor | null, signal: AbortSignal | undefined) {
    this.#engine = engine
    this.#subscription = subscription
    this.#cursor = after
    this.#signal = signal
    signal?.addEventListener('abort', this.#abort)
    this.#leave = subscription.add(this)
  }

  stop(): void {
    this.#signal?.removeEventListener('abort', this.#abort)
    this.#leave()
  }

  readonly #abort = (): void => this.#wake()

  joined(_page: null, cursor: Cursor): void {
    this.#forget()
    this.#reached = cursor
    this.#cursor ??= cursor
    this.#wake()
  }

  changes(changes: readonly Change[]): void {
    const { cursor } = this.#subscription
    if (this.#reached === null || cursor === null) return
    this.#ranges.push({ from: this.#reached.rev, to: cursor.rev, epoch: cursor.epoch, changes })
    this.#held += changes.length
    if (this.#held > maxHeld) this.#forget()
    this.#reached = cursor
    this.#wake()
  }

  stateChanged(): void {
    this.#wake()
  }

  #forget(): void {
    this.#ranges = []
    this.#held = 0
  }

  async *read(): AsyncGenerator<Followed, void> {
    while (!this.#signal?.aborted) {
      const next = this.#take()
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

  #advance(from: number, cursor: string, changes: readonly Change[]): Followed {
    this.#cursor = parseCursor(cursor)
    return { type: 'changes', from, to: this.#cursor?.rev ?? from, cursor, changes }
  }

  /** False: it goes on. Throws where it can't. */
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
    return this.#cursor.epoch !== this.#reached.epoch || this.#cursor.rev < this.#reached.rev
  }

  /** What lies between the cursor and the subscription, by REST. Null: nothing came of it, and it waited a little. */
  async #readOn(): Promise<Followed | null> {
    const { rev, epoch } = this.#cursor ?? { epoch: null, rev: 0 }
    const { network } = this.#engine
    try {
      const subs = { [this.#subscription.channel]: formatCursor(epoch, rev) }
      const { replies } = await askChanges(network, subs, {}, { signal: this.#signal })
      const [reply] = replies
      if (reply?.error?.code === 'reset') {
        const { reason = 'epoch', cursor = '0' } = reply.error
        this.#cursor = parseCursor(cursor)
        return { type: 'reset', reason, cursor }
      }
      if (reply?.error !== undefined) throw errorFrom(reply.error, 0)
      if (reply !== undefined && reply.to > rev) {
        this.#failures = 0
        return this.#advance(rev, reply.cursor, reply.changes)
      }
      // It knows more than the subscription, which will hear of it.
    } catch (cause) {
      if (!(cause instanceof DovetailError) || (!canRetry(cause) && cause.code !== 'aborted')) throw cause
    }
    await this.#pause(backOffMs(this.#failures++, network.random))
    return null
  }

  /** Until something happens; `ms`: or so long. */
  #pause(ms: number | null): Promise<void> {
    return new Promise((resolve) => {
      const stop = ms === null ? nothing : this.#engine.network.clock.after(ms, () => this.#wake())
      this.#wake = () => {
        this.#wake = nothing
        stop()
        resolve()
      }
    })
  }
}
