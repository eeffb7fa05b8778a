/** `dovetail tail 'project:*'`: all channels of a pattern, for services and admins. */
import { type FollowedChannel, type FollowedEnd, follow } from 'dovetail-client/follow'
import type { Terminal } from '../../terminal/terminal.ts'

export interface PatternTail {
  readonly url: string
  readonly token: string | undefined
  readonly pattern: string
  readonly after: string | undefined
  /** Changes, then it ends. */
  readonly most: number
  /** Whether it ends where the logs stand when they have been read once. */
  readonly untilHead: boolean
  readonly signal: AbortSignal
}

/**
 * Prints a JSON line for each change, each reset and each end of a channel, and after each page a line with the cursor
 * to continue from: one cursor is of all channels, so no change has one of its own.
 */
export async function tailPattern(tail: PatternTail, { stdout, stderr }: Terminal): Promise<void> {
  const { url, pattern, after, token, signal } = tail
  const print = (line: object) => stdout(`${JSON.stringify(line)}\n`)
  let left = tail.most
  let isFirst = true
  for await (const page of follow({ url, pattern, after, signal, ...(token === undefined ? {} : { token }) })) {
    if (isFirst) stderr(`dovetail: following ${pattern} at ${url}\n`)
    isFirst = false
    for (const line of page.channels.flatMap(linesOf)) {
      print(line)
      if ('change' in line) left--
      // A part of a page has no cursor.
      if (left <= 0) return
    }
    print({ cursor: page.cursor })
    if (tail.untilHead && !page.more) return
  }
}

function linesOf(part: FollowedChannel | FollowedEnd): object[] {
  if ('ended' in part) return [part]
  const { channel, changes, reset } = part
  const lines = changes.map((change) => ({ channel, change }))
  return reset === undefined ? lines : [{ channel, reset }, ...lines]
}
