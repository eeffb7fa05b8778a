/**
 * Follows all channels of a pattern, for a backend: `import { follow } from 'dovetail-client/follow'`. It goes by
 * long-polls, needs no client, and stands beside `createClient`, so that no page loads it. `consume` is for workers that
 * share the channels.
 */
import type { FollowedChannel, FollowedEnd, PatternReply, PatternRequest } from 'dovetail-protocol'
import { backOffMs } from './base/back-off.ts'
import { systemClock } from './base/clock.ts'
import { DovetailError } from './base/errors.ts'
import { pause } from './base/pause.ts'
import { type ConnectOptions, restOf, timeoutMs } from './follow-rest.ts'

export { DovetailError } from './base/errors.ts'
export { type ConsumeOptions, consume, type WorkerPage } from './consume.ts'
export type { FollowedChannel, FollowedEnd }

export interface FollowPatternOptions extends ConnectOptions {
  /** The name of a channel, or the beginning of names with a `*` at its end: `project:*`. */
  readonly pattern: string
  /** The cursor to continue from; `0`: from the beginning of every channel. Default: from now on. */
  readonly after?: string | undefined
  /** The most changes of one page. Default: the server's. */
  readonly limit?: number
}

export interface FollowedPage {
  /** What is new: the changes of a channel, or its end. Empty only in a first page that has nothing. */
  readonly channels: readonly (FollowedChannel | FollowedEnd)[]
  /** Where to go on once this page is dealt with. */
  readonly cursor: string
  /** Whether the next page is there already. */
  readonly more: boolean
}

/**
 * Gives page after page, each change of each channel at least once and in the order of its log. Cuts and restarts of the
 * server are waited out; what would be refused again is thrown as a `DovetailError`.
 */
export async function* follow(options: FollowPatternOptions): AsyncGenerator<FollowedPage, void> {
  const { pattern, limit, clock = systemClock, random = Math.random } = options
  const signal = options.signal ?? new AbortController().signal
  const rest = restOf(options, clock)
  let after = options.after ?? null
  let isFirst = true
  for (let failures = 0; !signal.aborted; ) {
    // The first answer says where it begins: it is not waited for, since a cut meanwhile would lose that.
    const query = { limit, wait: isFirst ? undefined : '' }
    const body: PatternRequest = { pattern, after }
    try {
      const { body: reply } = await rest.ask('POST', '/v1/follow', { query, body, signal, timeoutMs })
      const { channels, cursor, more } = reply as PatternReply
      failures = 0
      after = cursor
      if (channels.length > 0 || isFirst) yield { channels, cursor, more }
      isFirst = false
    } catch (cause) {
      if (signal.aborted) return
      if (!(cause instanceof DovetailError) || !cause.retryable) throw cause
      await pause(clock, backOffMs(failures++, random, (cause.retryAfter ?? 0) * 1000), signal)
    }
  }
}
