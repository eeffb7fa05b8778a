/** Follows a channel by polls or long-polls. */
import type { ChangesReply } from 'dovetail-protocol'
import { authorization, type Follow, Reset } from './follow.ts'
import { epochOf } from './nodes.ts'

const betweenPollsMs = 100
const waitSeconds = 25

export const followPoll: Follow = (following) => poll(following, '', betweenPollsMs)
export const followLongPoll: Follow = (following) => poll(following, `&wait=${waitSeconds}`, 0)

async function poll(following: Parameters<Follow>[0], query: string, betweenMs: number): Promise<void> {
  const { url, channel, token, signal } = following
  let cursor = following.after
  for (;;) {
    const response = await fetch(`${url}/v1/channels/${channel}/changes?after=${cursor}${query}`, {
      headers: authorization(token),
      signal,
    })
    const reply = (await response.json()) as ChangesReply & { readonly reason?: string }
    if (response.status === 410) throw new Reset(reply.reason ?? 'unknown', reply.cursor)
    if (response.status !== 200) throw new Error(`a poll was answered ${response.status}`)
    following.onOpen()
    if (reply.to > reply.from) following.onRange(reply, epochOf(reply.cursor))
    cursor = reply.cursor
    if (betweenMs > 0 && !reply.more) await following.pause(betweenMs)
    signal.throwIfAborted()
  }
}
