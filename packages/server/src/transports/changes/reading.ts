/** Parses which channels an HTTP request follows, from which cursors, and with which options. */
import { FollowRequest, frameBytesFor, type Limits, leastFrameClass } from 'dovetail-protocol'
import type { FastifyRequest } from 'fastify'
import { Compile } from 'typebox/compile'
import { namedChannel } from '../../core/access/address.ts'
import { clientRule, holderOf, isClientId } from '../../core/presence/presence-verbs.ts'
import { parsedCursor } from '../../core/read/read.ts'
import { Failure } from '../../core/rules/failure.ts'
import { bodyOf } from '../http/body.ts'
import { headerOf } from '../http/headers.ts'
import { flagParam, numberParam, textParam, wholeParam } from '../http/query.ts'
import { checkedBody } from '../http/shape.ts'
import type { TransportContext } from '../transport-context.ts'

export interface Following {
  readonly channel: string
  /** The cursor to continue from; `null`: from now on. */
  readonly after: string | null
}

export interface Reading {
  readonly subs: readonly Following[]
  /** Whether the request uses the route of one channel, whose reply has no list and whose stream has event ids. */
  readonly isSingle: boolean
  /** How long to wait for a change, in seconds; `null`: answer at once. */
  readonly waitSeconds: number | null
  /** The most changes of one reply. */
  readonly limit: number
  readonly signals: boolean
  /** Whether a stream has `presence` events. */
  readonly presence: boolean
  /** The client id under which the caller becomes present; `null`: the caller does not become present. */
  readonly presentAs: string | null
  /** Whether a stream may bring what was appended to a record in place of the record. */
  readonly appends: boolean
  /** Whether changes come with their traces. */
  readonly traces: boolean
  /** The most bytes of a frame's JSON on a stream; `null`: the client did not say. */
  readonly maxBytes: number | null
}

export function readingOfOne(context: TransportContext, request: FastifyRequest): Reading {
  const { ch } = request.params as { ch: string }
  const after = lastEventIdOf(request) ?? textParam(request.query, 'after') ?? null
  return { ...manner(context, request), subs: [{ channel: ch, after }], isSingle: true }
}

/**
 * The id of the last event that the reader received, which is a cursor; `null`: none. An EventSource polyfill that can
 * set no header puts the id into the URL.
 */
export function lastEventIdOf(request: FastifyRequest): string | null {
  const given = [
    headerOf(request, 'last-event-id'),
    textParam(request.query, 'lastEventId'),
    textParam(request.query, 'Last-Event-ID'),
  ]
  return given.find((id) => id !== undefined && id !== '') ?? null
}

/** Refuses the ticket of a poll, which would be read without an identity. Whoever polls can send a token in a header. */
export function requireNoTicket(request: FastifyRequest): void {
  if (textParam(request.query, 'ticket') !== undefined)
    throw new Failure('invalid_query', 'A ticket opens a stream or a WebSocket; a poll has its token in the header.')
}

/** Refuses a last event id for several channels, because each channel has a cursor of its own. */
function requireNoLastEventId(request: FastifyRequest): void {
  if (lastEventIdOf(request) === null) return
  throw new Failure('invalid_query', 'A last event id is of one channel; of several, each is given its own cursor.')
}

export function readingOfSeveral(context: TransportContext, request: FastifyRequest): Reading {
  requireNoLastEventId(request)
  const given = (request.query as { sub?: string | string[] }).sub
  const texts = given === undefined ? [] : Array.isArray(given) ? given : [given]
  const { pollChannels } = context.core.limits
  if (texts.length === 0 || texts.length > pollChannels) {
    throw new Failure('invalid_query', `"sub" is given 1 to ${pollChannels} times, each a channel, "@" and a cursor.`)
  }
  return { ...manner(context, request), subs: texts.map(following), isSingle: false }
}

/** Splits at the last `@`, because the name of a channel may contain `@` but a cursor may not. */
function following(text: string): Following {
  const at = text.lastIndexOf('@')
  if (at < 0) return { channel: text, after: null }
  const after = text.slice(at + 1)
  return { channel: text.slice(0, at), after: after === '' ? null : after }
}

const subsBody = Compile(FollowRequest)

export function readingOfBody(context: TransportContext, request: FastifyRequest): Reading {
  requireNoLastEventId(request)
  const { subs } = checkedBody(subsBody, bodyOf(request, context.core.limits.depth))
  const { subscriptions } = context.core.limits
  const entries = Object.entries(subs)
  if (entries.length === 0)
    throw new Failure('invalid_data', 'No channel is named.', {
      errors: [{ pointer: '/subs', message: 'Name at least one channel.' }],
    })
  if (entries.length > subscriptions)
    throw new Failure('too_many_subscriptions', `At most ${subscriptions} channels can be followed at once.`)
  return {
    ...manner(context, request),
    subs: entries.map(([channel, after]) => ({ channel, after: after === '' ? null : after })),
    isSingle: false,
  }
}

function manner(context: TransportContext, request: FastifyRequest): Omit<Reading, 'subs' | 'isSingle'> {
  const { limits } = context.core
  const { query } = request
  const presence = flagParam(query, 'presence')
  const client = textParam(query, 'client')
  const maxBytes = wholeParam(query, 'maxBytes', leastFrameClass, Number.MAX_SAFE_INTEGER)
  if (presence && client !== undefined && !isClientId(client)) throw new Failure('invalid_query', clientRule)
  return {
    waitSeconds: waitOf(limits, query),
    limit: limitOf(limits, query),
    signals: flagParam(query, 'signals'),
    presence,
    appends: flagParam(query, 'appends'),
    traces: flagParam(query, 'traces'),
    presentAs: presence && client !== undefined ? holderOf(client) : null,
    maxBytes: maxBytes === undefined ? null : frameBytesFor(maxBytes),
  }
}

/** How long to wait for a change, in seconds; `null`: answer at once. */
export function waitOf({ waitSeconds, waitSecondsMax }: Limits, query: unknown): number | null {
  const wait = textParam(query, 'wait')
  if (wait === undefined) return null
  if (wait === '') return waitSeconds
  return numberParam(query, 'wait', minWaitSeconds(waitSecondsMax), waitSecondsMax) ?? null
}

/** The most changes of one reply. */
export function limitOf({ changes, changesDefault }: Limits, query: unknown): number {
  return wholeParam(query, 'limit', 1, changes) ?? changesDefault
}

/** The shortest wait: one second, or less where `waitSecondsMax` is less. */
function minWaitSeconds(longest: number): number {
  return Math.min(1, longest)
}

/**
 * Whether `Accept` prefers event streams to JSON: by the weight, and of equal weights by what stands first. Generated
 * clients name every type of a reply, JSON first, and read until its end, which a stream does not have.
 */
export function wantsStream(request: FastifyRequest): boolean {
  const accept = request.headers.accept ?? ''
  const [stream, json] = [weightOf(accept, 'text/event-stream'), weightOf(accept, 'application/json')]
  if (stream !== json) return stream > json
  return (
    stream > 0 && accept.toLowerCase().indexOf('text/event-stream') < accept.toLowerCase().indexOf('application/json')
  )
}

/** The weight of a media type in `Accept`, from 0 to 1 (RFC 9110, section 12.4.2); 0: the type is not named. */
function weightOf(accept: string, type: string): number {
  for (const range of accept.toLowerCase().split(',')) {
    const [name, ...parameters] = range.split(';').map((part) => part.trim())
    if (name !== type) continue
    const weight = Number(parameters.find((parameter) => parameter.startsWith('q='))?.slice(2) ?? 1)
    return Number.isNaN(weight) ? 1 : weight
  }
  return 0
}

/** Throws `not_acceptable` where `Accept` allows neither JSON nor an event stream. */
export function requireAcceptable(request: FastifyRequest): void {
  const { accept } = request.headers
  if (accept === undefined || accept === '' || /(\*\/\*|application\/(json|\*)|text\/(event-stream|\*))/i.test(accept))
    return
  throw new Failure('not_acceptable', 'Changes are given as application/json or text/event-stream.')
}

/** A malformed name or cursor is refused before the stream begins; what can't be continued is an event on it. */
export function requireStartable(reading: Reading): void {
  for (const { channel, after } of reading.subs) {
    namedChannel(channel)
    if (after !== null) parsedCursor(after)
  }
}
