/**
 * A poll or a long-poll of all channels of a pattern. A long-poll that finds nothing is parked: it is woken by the
 * channels that may have changed, and reads those alone.
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Caller } from '../../core/access/caller.ts'
import type { FollowedPage, Follower } from '../../core/following/follower.ts'
import { pause } from '../../ports/clock.ts'
import type { EndReason } from '../connections/end-reason.ts'
import type { Reader, Slot } from '../connections/readers.ts'
import { tooManyConnections } from '../connections/too-many-connections.ts'
import { payerOf } from '../http/charge.ts'
import { sendJson } from '../http/reply.ts'
import type { TransportContext } from '../transport-context.ts'
import { keepPeerAlive, requireGood } from './long-poll.ts'
import { hasExpired } from './parked-poll.ts'
import { encodePage, followerOf, gatherMs, type PatternReading, readPage } from './pattern-reading.ts'

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
    const first = await read()
    const isAnswer = hasNews(first) || reading.waitSeconds === null || request.method === 'HEAD'
    const page = isAnswer
      ? first
      : await readWhenTouched(
          { context, caller, follower, first, read, waitMs: reading.waitSeconds * 1000 },
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

interface Waiting {
  readonly context: TransportContext
  readonly caller: Caller
  readonly follower: Follower
  readonly first: FollowedPage
  readonly read: () => Promise<FollowedPage>
  readonly waitMs: number
}

async function readWhenTouched(waiting: Waiting, request: FastifyRequest, reply: FastifyReply): Promise<FollowedPage> {
  const { context, caller, follower, first, read, waitMs } = waiting
  const leave = context.connections.enter(context.addressOf(request.raw))
  if (leave === null) throw tooManyConnections()
  keepPeerAlive(context, request)
  const parked = new ParkedPattern(context, caller, waitMs)
  reply.raw.on('close', parked.finish)
  context.readers.add(parked)
  try {
    let page = first
    while (!hasNews(page) && !parked.isOver && !reply.raw.destroyed) {
      await Promise.race([follower.touched().then(() => pause(context.core.clock, gatherMs(page))), parked.over])
      requireGood(context, caller)
      page = await read()
    }
    return page
  } finally {
    leave()
    parked.finish()
    context.readers.delete(parked)
  }
}

/** What ends the wait of a parked poll: its time, the node's end, its caller's, or the peer's. */
class ParkedPattern implements Reader {
  readonly transport = 'long_poll'
  endReason: EndReason = 'peer'
  readonly caller: Caller
  readonly over: Promise<void>
  isOver = false
  readonly #context: TransportContext
  #deadline: number
  #end: () => void = () => {}

  constructor(context: TransportContext, caller: Caller, waitMs: number) {
    this.#context = context
    this.caller = caller
    this.#deadline = context.core.clock.monotonic() + waitMs
    this.over = new Promise((resolve) => {
      this.#end = resolve
    })
  }

  readonly finish = (): void => {
    this.isOver = true
    this.#end()
  }

  beat(now: number): void {
    if (now >= this.#deadline || hasExpired(this.#context, this.caller)) this.leave()
  }

  goAway({ reconnectInMs }: Slot): void {
    this.#deadline = Math.min(this.#deadline, this.#context.core.clock.monotonic() + reconnectInMs)
  }

  leave(): void {
    this.endReason = 'over'
    this.finish()
  }

  cut(): void {
    this.finish()
  }

  revoke(): void {
    this.leave()
  }
}
