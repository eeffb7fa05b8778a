/** Parses which pattern of channels an HTTP request follows, and reads a page of it. */
import { PatternRequest } from 'dovetail-protocol'
import type { FastifyRequest } from 'fastify'
import { Compile } from 'typebox/compile'
import type { Caller } from '../../core/access/caller.ts'
import { type FollowedPage, Follower } from '../../core/following/follower.ts'
import type { Payer } from '../../core/rate/budgets.ts'
import { Failure } from '../../core/rules/failure.ts'
import { bodyOf } from '../http/body.ts'
import { textParam } from '../http/query.ts'
import { checkedBody } from '../http/shape.ts'
import type { TransportContext } from '../transport-context.ts'
import { lastEventIdOf, limitOf, waitOf } from './reading.ts'

export interface PatternReading {
  readonly pattern: string
  /** The cursor to continue from; `null`: from now on. */
  readonly after: string | null
  /** The most changes of one page. */
  readonly limit: number
  /** How long to wait for a change, in seconds; `null`: answer at once. */
  readonly waitSeconds: number | null
}

export function patternOfQuery(context: TransportContext, request: FastifyRequest): PatternReading {
  const pattern = textParam(request.query, 'pattern')
  if (pattern === undefined) throw new Failure('invalid_query', '"pattern" says which channels to follow.')
  const after = lastEventIdOf(request) ?? textParam(request.query, 'after') ?? null
  return { pattern, after, ...manner(context, request) }
}

const patternBody = Compile(PatternRequest)

export function patternOfBody(context: TransportContext, request: FastifyRequest): PatternReading {
  const { pattern, after = null } = checkedBody(patternBody, bodyOf(request, context.core.limits.depth))
  return { pattern, after, ...manner(context, request) }
}

function manner({ core }: TransportContext, { query }: FastifyRequest): Omit<PatternReading, 'pattern' | 'after'> {
  return { limit: limitOf(core.limits, query), waitSeconds: waitOf(core.limits, query) }
}

export function followerOf(
  { core }: TransportContext,
  caller: Caller,
  { pattern, after }: PatternReading,
  pageBytes: number,
): Follower {
  return new Follower(core, caller, { pattern, after, pageBytes })
}

/** Reads a page, for which the caller pays. */
export async function readPage(
  { core }: TransportContext,
  payer: Payer,
  follower: Follower,
  limit: number,
): Promise<FollowedPage> {
  const page = await follower.read(limit)
  core.budgets.chargeRecords(payer, page.looked)
  return page
}
