/**
 * Long-poll: the request is parked until there is a change, the wait ends or the peer closes the connection. A poll of one
 * channel whose cursor this node's hub can go on from reads nothing of the store; any other reads it once before it is
 * parked, and again where what woke it is not its whole reply. TCP's keep-alive finds a peer that has vanished.
 */
import type { Signal } from 'dovetail-protocol'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Caller } from '../../core/access/caller.ts'
import { holdPresence } from '../../core/presence/presence-verbs.ts'
import { Failure } from '../../core/rules/failure.ts'
import type { JsonText } from '../../wire/json-text.ts'
import { tooManyConnections } from '../connections/too-many-connections.ts'
import { payerOf } from '../http/charge.ts'
import { sendJson } from '../http/reply.ts'
import type { TransportContext } from '../transport-context.ts'
import { hasExpired, ParkedPoll } from './parked-poll.ts'
import { changesIn, hasNews, type Part, readParts, replyOf, replyOfParts } from './poll.ts'
import type { Following, Reading } from './reading.ts'

export async function longPoll(
  context: TransportContext,
  caller: Caller,
  reading: Reading,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  reply.header('cache-control', 'no-store')
  const resumed = await resumePoll(context, caller, reading, request)
  if (resumed !== null) return answerWoken(context, reading, request, reply, resumed)
  const parts = await readParts(context, caller, reading)
  context.core.budgets.chargeRecords(payerOf(context, caller, request.raw), changesIn(parts))
  // A caller who may not read a channel does not become present in it.
  for (const part of parts) if ('read' in part) keepPresent(context, caller, reading, part.sub)
  const [only] = parts
  if (reading.isSingle && only !== undefined && 'failure' in only) throw only.failure
  if (parts.some(hasNews) || request.method === 'HEAD') return answer(reply, reading, parts, [])
  const leave = context.connections.enter(context.addressOf(request.raw))
  if (leave === null) throw tooManyConnections()
  const goesOn = { ...reading, subs: goOn(parts) }
  const parked = new ParkedPoll(context, caller, goesOn)
  return answerWoken(context, goesOn, request, reply, { parked, leave, begin: () => parked.begin() })
}

interface Waiting {
  readonly parked: ParkedPoll
  /** Gives the address its connection back. */
  readonly leave: () => void
  readonly begin: () => Promise<void>
}

/** Begins a poll that goes on from this node's hub; `null`: the store has to be read. */
async function resumePoll(
  context: TransportContext,
  caller: Caller,
  reading: Reading,
  request: FastifyRequest,
): Promise<Waiting | null> {
  const [sub] = reading.subs
  if (!reading.isSingle || sub === undefined || request.method === 'HEAD') return null
  const leave = context.connections.enter(context.addressOf(request.raw))
  // A poll that finds news is answered however many connections there are.
  if (leave === null) return null
  const parked = new ParkedPoll(context, caller, reading)
  try {
    const behind = await parked.resume(sub)
    if (behind !== null) {
      context.core.budgets.chargeRecords(payerOf(context, caller, request.raw), behind)
      keepPresent(context, caller, reading, sub)
      return { parked, leave, begin: () => Promise.resolve() }
    }
  } catch (error) {
    parked.stop()
    leave()
    throw error
  }
  leave()
  return null
}

/** Waits until the poll is woken; then answers with the shared reply, or reads what there is. */
async function answerWoken(
  context: TransportContext,
  reading: Reading,
  request: FastifyRequest,
  reply: FastifyReply,
  { parked, leave, begin }: Waiting,
): Promise<FastifyReply> {
  keepPeerAlive(context, request)
  reply.raw.on('close', parked.stop)
  try {
    await begin()
    // The peer may have gone before anybody listened.
    if (reply.raw.destroyed) parked.stop()
    const woken = await parked.done
    requireGood(context, parked.caller)
    if (woken.shared !== null) return sendJson(reply, 200, woken.shared)
    const fresh = await readParts(context, parked.caller, reading)
    const [first] = fresh
    if (reading.isSingle && first !== undefined && 'failure' in first) throw first.failure
    return answer(reply, reading, fresh, woken.signals)
  } finally {
    leave()
    parked.stop()
  }
}

/** The server sends nothing while a poll is parked, so only TCP keep-alive finds a peer that has vanished. */
export function keepPeerAlive(context: TransportContext, request: FastifyRequest): void {
  request.raw.socket.setKeepAlive(true, keepAliveMs(context))
}

/**
 * The delay of TCP keep-alive, in ms. With the ten probes of one second each that follow it, it is within
 * `presenceSeconds`.
 */
function keepAliveMs({ core }: TransportContext): number {
  return Math.max(1000, core.limits.presenceSeconds * 500)
}

/** Refuses a parked poll whose token has expired or whose session was revoked meanwhile. */
export function requireGood(context: TransportContext, caller: Caller): void {
  context.core.revocations.checked(caller)
  if (hasExpired(context, caller)) throw new Failure('token_expired', 'The token has expired.')
}

function keepPresent(context: TransportContext, caller: Caller, reading: Reading, sub: Following): void {
  const { core } = context
  if (reading.presentAs === null || core.policies.of(sub.channel)?.presence !== true) return
  holdPresence(core, caller, sub.channel, reading.presentAs, core.limits.presenceSeconds * 1000)
}

/** The same channels, each with the cursor of the first reading; "from now on" becomes that cursor. */
function goOn(parts: readonly Part[]): Following[] {
  return parts.map((part) =>
    'read' in part && part.read.epoch !== null
      ? { channel: part.sub.channel, after: `${part.read.epoch}.${part.read.to}` }
      : { ...part.sub, after: part.sub.after ?? '0' },
  )
}

function answer(
  reply: FastifyReply,
  reading: Reading,
  parts: readonly Part[],
  signals: readonly JsonText<Signal>[],
): FastifyReply {
  const [only] = parts
  const passed = reading.signals ? signals : undefined
  const isOne = reading.isSingle && only !== undefined && 'read' in only
  return sendJson(reply, 200, isOne ? replyOf(only.read, passed) : replyOfParts(parts, passed))
}
