/**
 * A poll or a long-poll of all channels of a pattern. A long-poll that finds nothing is parked: it is woken by the
 * channels that may have changed, and reads those alone.
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Caller } from '../../core/access/caller.ts'
import { encodePage, gatherMs } from '../../core/following/encode-page.ts'
import type { FollowedPage } from '../../core/following/follower.ts'
import { pause } from '../../ports/clock.ts'
import { payerOf } from '../http/charge.ts'
import { sendJson } from '../http/reply.ts'
import type { TransportContext } from '../transport-context.ts'
import { followerOf, type PatternReading, readPage } from './pattern-reading.ts'
import { waitForNews } from './wait-for-news.ts'

export async function pollPattern(
  context: TransportContext,
  caller: Caller,
  reading: PatternReading,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  reply.header('cache-control', 'no-store')
  const follower = followerOf(context, caller, reading, context.core.limits.replyBytes)
  try {
    const read = () => readPage(context, payerOf(context, caller, request.raw), follower, reading.limit)
    const touched = (page: FollowedPage) => follower.touched().then(() => pause(context.core.clock, gatherMs(page)))
    const first = await read()
    const isAnswer = hasNews(first) || reading.waitSeconds === null || request.method === 'HEAD'
    const page = isAnswer
      ? first
      : await waitForNews(
          { context, caller, first, read, touched, hasNews, waitMs: reading.waitSeconds * 1000 },
          request,
          reply,
        )
    return sendJson(reply, 200, encodePage(page))
  } finally {
    follower.close()
  }
}

function hasNews({ channels, more }: FollowedPage): boolean {
  return channels.length > 0 || more
}
