/** A follower of all channels of a pattern, by polls. */
import type { FollowedChannel, FollowedEnd, PatternReply } from 'dovetail-protocol'
import { expect } from 'vitest'
import type { Rest } from './rest.ts'

/** Each part in a word: `chat:a 0-2`, with its reset before it, or `chat:a deleted`. */
export function heard({ channels }: PatternReply): string[] {
  return channels.map((part: FollowedChannel | FollowedEnd) => {
    if ('ended' in part) return `${part.channel} ${part.ended}`
    const reset = part.reset === undefined ? '' : `${part.reset} `
    return `${part.channel} ${reset}${part.from}-${part.to}`
  })
}

/** A follower of one pattern, which goes on from where it is. */
export function followerOf(rest: Rest, pattern: string, begin: string | null = null) {
  let cursor = begin
  const poll = async (query = '') => {
    const after = cursor === null ? '' : `&after=${cursor}`
    const answer = await rest.get<PatternReply>(`/v1/follow?pattern=${pattern}${after}${query}`)
    expect([answer.status, answer.code]).toEqual([200, undefined])
    cursor = answer.body.cursor
    return answer.body
  }
  return {
    poll,
    heard: async (query = '') => heard(await poll(query)),
    get cursor() {
      return cursor
    },
  }
}
