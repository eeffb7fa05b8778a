/** Waits within a request until a follower of several channels finds something, as a long-poll does. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Caller } from '../../core/access/caller.ts'
import type { EndReason } from '../connections/end-reason.ts'
import type { Reader, Slot } from '../connections/readers.ts'
import { tooManyConnections } from '../connections/too-many-connections.ts'
import type { TransportContext } from '../transport-context.ts'
import { keepPeerAlive, requireGood } from './long-poll.ts'
import { hasExpired } from './parked-poll.ts'

export interface Waiting<Page> {
  readonly context: TransportContext
  readonly caller: Caller
  /** Has nothing new. */
  readonly first: Page
  readonly read: () => Promise<Page>
  /** Resolves when `read` may find something. */
  readonly touched: (page: Page) => Promise<void>
  readonly hasNews: (page: Page) => boolean
  readonly waitMs: number
}

export async function waitForNews<Page>(
  waiting: Waiting<Page>,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<Page> {
  const { context, caller, first, read, touched, hasNews, waitMs } = waiting
  const leave = context.connections.enter(context.addressOf(request.raw))
  if (leave === null) throw tooManyConnections()
  keepPeerAlive(context, request)
  const parked = new ParkedPattern(context, caller, waitMs)
  reply.raw.on('close', parked.finish)
  context.readers.add(parked)
  try {
    let page = first
    while (!hasNews(page) && !parked.isOver && !reply.raw.destroyed) {
      await Promise.race([touched(page), parked.over])
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
