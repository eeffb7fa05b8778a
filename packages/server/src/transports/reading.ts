/** What a request over HTTP wants to read on, from which cursors, and how. */
import { FollowRequest } from '@dovetail/protocol'
import type { FastifyRequest } from 'fastify'
import { Compile } from 'typebox/compile'
import { Failure } from '../core/failure.ts'
import { clientRule, holderOf, isClientId } from '../core/present.ts'
import type { Door } from './door.ts'
import { bodyOf } from './rest/body.ts'
import { flagParam, numberParam, textParam, wholeParam } from './rest/query.ts'
import { checkedBody } from './rest/shape.ts'

export interface Following {
  readonly channel: string
  /** `null`: from now. */
  readonly after: string | null
}

export interface Reading {
  readonly subs: readonly Following[]
  /** One channel on its own route: its reply stands alone and its stream has event ids. */
  readonly isSingle: boolean
  /** Seconds to wait for a change; `null`: answer at once. */
  readonly waitSeconds: number | null
  /** Changes of one reply. */
  readonly limit: number
  readonly signals: boolean
  /** Who is present is told, on a stream. */
  readonly presence: boolean
  /** Holds a presence under this client's name; `null`: the caller is not made present. */
  readonly presentAs: string | null
}

export function readingOfOne(door: Door, request: FastifyRequest): Reading {
  const { ch } = request.params as { ch: string }
  const lastEventId = request.headers['last-event-id']
  const wins = wantsStream(request) && typeof lastEventId === 'string' && lastEventId !== ''
  const after = wins ? lastEventId : (textParam(request.query, 'after') ?? null)
  return { ...manner(door, request), subs: [{ channel: ch, after }], isSingle: true }
}

export function readingOfSeveral(door: Door, request: FastifyRequest): Reading {
  const given = (request.query as { sub?: string | string[] }).sub
  const texts = given === undefined ? [] : Array.isArray(given) ? given : [given]
  const { pollChannels } = door.core.limits
  if (texts.length === 0 || texts.length > pollChannels) {
    throw new Failure('invalid_query', `"sub" is given 1 to ${pollChannels} times, each a channel, "@" and a cursor.`)
  }
  return { ...manner(door, request), subs: texts.map(following), isSingle: false }
}

/** Split at the last `@`, since a channel's name may hold one and a cursor can't. */
function following(text: string): Following {
  const at = text.lastIndexOf('@')
  if (at < 0) return { channel: text, after: null }
  const after = text.slice(at + 1)
  return { channel: text.slice(0, at), after: after === '' ? null : after }
}

const subsBody = Compile(FollowRequest)

export function readingOfBody(door: Door, request: FastifyRequest): Reading {
  const { subs } = checkedBody(subsBody, bodyOf(request, door.core.limits.depth))
  const { subscriptions } = door.core.limits
  const entries = Object.entries(subs)
  if (entries.length === 0)
    throw new Failure('invalid_data', 'No channel is named.', {
      errors: [{ pointer: '/subs', message: 'Name at least one channel.' }],
    })
  if (entries.length > subscriptions)
    throw new Failure('too_many_subscriptions', `At most ${subscriptions} channels can be followed at once.`)
  return {
    ...manner(door, request),
    subs: entries.map(([channel, after]) => ({ channel, after: after === '' ? null : after })),
    isSingle: false,
  }
}

function manner(door: Door, request: FastifyRequest): Omit<Reading, 'subs' | 'isSingle'> {
  const { limits } = door.core
  const { query } = request
  const wait = textParam(query, 'wait')
  const presence = flagParam(query, 'presence')
  const client = textParam(query, 'client')
  if (presence && client !== undefined && !isClientId(client)) throw new Failure('invalid_query', clientRule)
  return {
    waitSeconds:
      wait === undefined
        ? null
        : wait === ''
          ? limits.waitSeconds
          : (numberParam(query, 'wait', minWaitSeconds(limits.waitSecondsMax), limits.waitSecondsMax) ?? null),
    limit: wholeParam(query, 'limit', 1, limits.changes) ?? limits.changesDefault,
    signals: flagParam(query, 'signals'),
    presence,
    presentAs: presence && client !== undefined ? holderOf(client) : null,
  }
}

/** One second, or less where the longest wait is set below it. */
function minWaitSeconds(longest: number): number {
  return Math.min(1, longest)
}

/** Asked for by name, and not after JSON. */
export function wantsStream(request: FastifyRequest): boolean {
  const stream = weightOf(request.headers.accept ?? '', 'text/event-stream')
  return stream > 0 && stream >= weightOf(request.headers.accept ?? '', 'application/json')
}

/** 0 to 1, as RFC 9110, section 12.4.2 has it; 0: not named. */
function weightOf(accept: string, type: string): number {
  for (const range of accept.toLowerCase().split(',')) {
    const [name, ...parameters] = range.split(';').map((part) => part.trim())
    if (name !== type) continue
    const weight = Number(parameters.find((parameter) => parameter.startsWith('q='))?.slice(2) ?? 1)
    return Number.isNaN(weight) ? 1 : weight
  }
  return 0
}

/** Neither JSON nor an event stream would be taken. */
export function requireAcceptable(request: FastifyRequest): void {
  const { accept } = request.headers
  if (accept === undefined || accept === '' || /(\*\/\*|application\/(json|\*)|text\/(event-stream|\*))/i.test(accept))
    return
  throw new Failure('not_acceptable', 'Changes are given as application/json or text/event-stream.')
}
