/** All channels of a pattern for the application's own code: page after page, as `GET /v1/follow` gives them. */
import type { FollowedChannel, FollowedEnd, PatternReply } from 'dovetail-protocol'
import type { Caller } from '../core/access/caller.ts'
import type { FollowerContext } from '../core/following/context.ts'
import { type FollowedPage, Follower } from '../core/following/follower.ts'
import type { Part } from '../core/following/read-part.ts'
import { encodeChange } from '../wire/record.ts'
import { encodeFollowedChannel } from '../wire/rest.ts'

export interface FollowPatternOptions {
  /** The name of a channel, or the beginning of names with a `*` at its end. */
  readonly pattern: string
  /** The cursor to continue from; `0`: from the beginning of every channel. Default: from now on. */
  readonly after?: string
  /** Ends the following, without an error. */
  readonly signal?: AbortSignal
}

/**
 * The first page comes at once, also where it is empty: its cursor says where that is. Throws a `Failure`:
 * `store_unavailable` where the log can't be read now, `invalid_name`, `invalid_cursor`, `not_found`.
 */
export async function* followPattern(
  core: FollowerContext,
  caller: Caller,
  { pattern, after, signal }: FollowPatternOptions,
): AsyncGenerator<PatternReply, void> {
  const { changesDefault, replyBytes } = core.limits
  const follower = new Follower(core, caller, { pattern, after: after ?? null, pageBytes: replyBytes })
  const aborted = new Promise<void>((resolve) => signal?.addEventListener('abort', () => resolve(), { once: true }))
  try {
    for (let isFirst = true; signal?.aborted !== true; isFirst = false) {
      const page = await follower.read(changesDefault)
      if (isFirst || page.channels.length > 0) yield replyOf(page)
      if (!page.more) await Promise.race([follower.touched(), aborted])
    }
  } finally {
    follower.close()
  }
}

function replyOf({ channels, cursor, more }: FollowedPage): PatternReply {
  return { channels: channels.map(partOf), cursor, more }
}

function partOf(part: Part): FollowedChannel | FollowedEnd {
  if ('ended' in part) return part
  const { reset, changes, ...range } = part
  const members = { ...range, changes: changes.map(encodeChange) }
  return JSON.parse(encodeFollowedChannel(reset === null ? members : { ...members, reset })) as FollowedChannel
}
