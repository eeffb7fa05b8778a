/** Runs each WebSocket command by one exhaustive switch. `afterwards` runs once the reply is sent. */
import { frameBytesFor, type HelloOk, type SubscribeOk, type Up, type UpOp, upSchemas } from 'dovetail-protocol'
import { Compile, type Validator } from 'typebox/compile'
import { namedChannel } from '../../core/access/address.ts'
import type { Caller } from '../../core/access/caller.ts'
import type { PresenceVerbContext } from '../../core/presence/context.ts'
import { becomePresent, setOwnState } from '../../core/presence/presence-verbs.ts'
import type { FollowContext } from '../../core/read/context.ts'
import { recordsAhead, type Subscription, subscribe } from '../../core/read/subscribe.ts'
import { Failure } from '../../core/rules/failure.ts'
import { fieldErrors } from '../../core/rules/field-errors.ts'
import type { SignalContext, WriteContext } from '../../core/write/context.ts'
import { requireCreateShape } from '../../core/write/create-shape.ts'
import type { WriteCommand, WriteOp } from '../../core/write/decide.ts'
import { signal } from '../../core/write/signal.ts'
import { write } from '../../core/write/write.ts'
import { encodeList, type JsonText } from '../../wire/json-text.ts'
import { appendOk, emptyOk, helloOk, pingOk, type SubscribeMembers, subscribeOk, writeOk } from '../../wire/replies.ts'
import type { ConnectionSession } from './connection-session.ts'
import { fitSnapshot } from './fit-snapshot.ts'

/** What the commands need of the core. */
export type CommandContext = FollowContext & WriteContext & SignalContext & PresenceVerbContext

/** Every command but `hello`, which the connection handles because it changes the caller. */
export type Command = Exclude<Up, { op: 'hello' }>

export interface Answer {
  readonly ok: JsonText
  /** How many records the command reads. */
  readonly records?: number
  readonly afterwards?: () => void
}

const validators = new Map<string, Validator>(Object.entries(upSchemas).map(([op, schema]) => [op, Compile(schema)]))

/** The command in a parsed message, or `invalid_data` for an unknown `op` or a wrong field. */
export function checkedCommand(message: Readonly<Record<string, unknown>>): Up {
  const { op } = message
  const validator = typeof op === 'string' && Object.hasOwn(upSchemas, op) ? validators.get(op) : undefined
  if (validator === undefined) {
    throw new Failure(
      'invalid_data',
      `There is no command with this "op"; known are ${Object.keys(upSchemas).join(', ')}.`,
    )
  }
  if (!validator.Check(message)) {
    const errors = fieldErrors(validator.Errors(message))
    throw new Failure('invalid_data', `A field of the command "${op as UpOp}" is missing or wrong.`, { errors })
  }
  if (op === 'create') requireCreateShape(message)
  return message as Up
}

/** Runs a command, in its channel's order. */
export function dispatch(core: CommandContext, session: ConnectionSession, command: Command): Promise<Answer> {
  switch (command.op) {
    case 'ping':
      return Promise.resolve({ ok: pingOk({ serverTime: new Date(core.clock.now()).toISOString() }) })
    case 'subscribe':
      return session.inOrder(command.channel, false, () => inTurn(core, session, command))
    case 'unsubscribe':
      return session.inOrder(command.channel, false, async () => {
        session.release(core, namedChannel(command.channel))
        return nothing
      })
    case 'create':
      return session.inOrder(command.channel, true, (queued) =>
        runWrite(core, session, { ...command, op: 'create' }, queued),
      )
    case 'put':
    case 'patch':
    case 'append':
    case 'delete':
      return session.inOrder(command.channel, false, () => runWrite(core, session, command))
    case 'signal':
      return session.inOrder(command.channel, true, async () => {
        await signal(core, session.caller, command.channel, () => command)
        return nothing
      })
    case 'state':
      return session.inOrder(command.channel, true, async () => {
        await setOwnState(core, session, namedChannel(command.channel), command.state)
        return nothing
      })
    default:
      return unreachable(command)
  }
}

const nothing: Answer = { ok: emptyOk }

function unreachable(command: never): never {
  throw new Error(`an unhandled command: ${JSON.stringify(command)}`)
}

/**
 * Sets the caller of the connection. Throws `forbidden` where it had another user. `readers`: the rounded number of
 * readers of the node.
 */
export async function welcome(
  core: CommandContext,
  session: ConnectionSession,
  caller: Caller,
  readers: number,
): Promise<Answer> {
  if (session.caller.user !== null && caller.user !== session.caller.user) {
    throw new Failure('forbidden', 'A connection is refreshed with a token of the same user only.')
  }
  await session.refresh(core, caller)
  return { ok: helloOk(helloMembers(core, session, caller, readers)) }
}

function helloMembers(core: CommandContext, session: ConnectionSession, caller: Caller, readers: number): HelloOk {
  return {
    user: caller.user,
    connection: session.connection,
    limits: core.limits,
    serverTime: new Date(core.clock.now()).toISOString(),
    readers,
    ...(caller.expiresAt === null ? {} : { expiresAt: new Date(caller.expiresAt).toISOString() }),
  }
}

type Of<Op extends UpOp> = Extract<Up, { op: Op }>

async function inTurn(core: CommandContext, session: ConnectionSession, command: Of<'subscribe'>): Promise<Answer> {
  const turn = new Turn(session)
  try {
    const { afterwards, ...answer } = await runSubscribe(core, session, command, turn)
    return { ...answer, afterwards: endsAfter(turn, afterwards) }
  } catch (error) {
    turn.end()
    throw error
  }
}

/** The turn of a subscribe among the large replies of its connection, where it needs one. */
class Turn {
  readonly #session: ConnectionSession
  #end: (() => void) | null = null

  constructor(session: ConnectionSession) {
    this.#session = session
  }

  async take(): Promise<void> {
    this.#end ??= await this.#session.largeTurn()
  }

  end(): void {
    this.#end?.()
  }
}

function endsAfter(turn: Turn, afterwards: () => void = () => {}): () => void {
  return () => {
    afterwards()
    turn.end()
  }
}

async function runSubscribe(
  core: CommandContext,
  session: ConnectionSession,
  command: Of<'subscribe'>,
  turn: Turn,
): Promise<Answer> {
  const { channel } = command
  const maxBytes = command.maxBytes === undefined ? session.maxBytes : frameBytesFor(command.maxBytes)
  namedChannel(channel)
  requirePlace(core, session, channel)
  if (command.demand === true && session.caller.role !== 'service')
    throw new Failure('forbidden', 'Only a service may ask for demand.')
  const request = { channel, after: command.after ?? null, last: command.last ?? null, turn }
  const subscription = await subscribe(core, session.caller, request, session.outlet, {
    signals: command.signals === true,
    presence: command.presence === true,
    demand: command.demand === true,
    counted: command.demand !== true,
    appends: command.appends,
    maxBytes,
    onEnded: releases(core, session, channel),
    onBroken: session.onBroken,
  })
  if (session.isClosed) {
    subscription.feed.close()
    return nothing
  }
  // The feed may have ended before the session keeps it: its end frame follows the reply.
  if (subscription.feed.isClosed)
    return {
      ok: encodeSubscribed(core, subscription, null, maxBytes),
      afterwards: begins(core, channel, subscription, false, null),
    }
  try {
    // Subscribes that ran at the same time may have reached the limit.
    requirePlace(core, session, channel)
  } catch (error) {
    subscription.feed.close()
    throw error
  }
  // Keeps only these two: the subscription holds the records of its snapshot.
  session.hold(core, channel, { hub: subscription.hub, feed: subscription.feed })
  const present = command.presence === true ? becomePresent(core, session, channel, subscription.feed) : null
  const presence = present === null ? null : encodeList(present.users)
  return {
    ok: encodeSubscribed(core, subscription, presence, maxBytes),
    records: recordsAhead(subscription),
    afterwards: begins(core, channel, subscription, command.demand === true, present?.next ?? null),
  }
}

/** The bytes of the reply to a subscribe around its snapshot and its presence list. */
const aroundSnapshot = 1024

function encodeSubscribed(
  { limits }: CommandContext,
  subscription: Subscription,
  presence: SubscribeMembers['presence'],
  maxBytes: number | null,
): JsonText<SubscribeOk> {
  const mostBytes = Math.min(limits.frameBytes, maxBytes ?? Number.POSITIVE_INFINITY) - aroundSnapshot
  const bytes = mostBytes - (presence === null ? 0 : Buffer.byteLength(presence))
  const snapshot = subscription.snapshot === null ? null : fitSnapshot(subscription.snapshot, bytes, maxBytes)
  return subscribeOk({ ...subscription, channel: subscription.hub.channel, presence, snapshot })
}

/** Made apart from where the reply is made: what one closure of a function needs, all of them keep. */
function releases(core: CommandContext, session: ConnectionSession, channel: string): () => void {
  return () => session.release(core, channel)
}

/** `restFrom`: where the presence list continues that the reply begins; `null`: the reply has the whole list. */
function begins(
  core: CommandContext,
  channel: string,
  { hub, feed }: Subscription,
  demand: boolean,
  restFrom: number | null,
): () => void {
  return () => {
    feed.begin()
    if (restFrom !== null) core.presences.sendList(channel, feed, restFrom)
    if (demand) core.readerCounts.tellTo(hub, feed)
  }
}

function requirePlace(core: CommandContext, session: ConnectionSession, channel: string): void {
  const { subscriptions } = core.limits
  if (session.subscriptions.has(channel) || session.subscriptions.size < subscriptions) return
  throw new Failure('too_many_subscriptions', `A connection follows at most ${subscriptions} channels.`)
}

async function runWrite(
  core: CommandContext,
  session: ConnectionSession,
  command: Of<WriteOp>,
  queued?: () => void,
): Promise<Answer> {
  const onRecord = command.op === 'create' ? {} : { recordId: command.recordId, ...preconditions(command.ifRev) }
  const data = command.op === 'delete' ? {} : { data: command.data }
  const { op, channel, collection, key, author } = command
  const asked: WriteCommand = {
    op: op satisfies WriteOp,
    channel,
    collection,
    key,
    author,
    address: session.address,
    ...onRecord,
    ...data,
  }
  const { record, at } = await write(core, session.caller, asked, queued)
  return { ok: op === 'append' ? appendOk({ at }) : writeOk({ record, at }, session.maxBytes) }
}

function preconditions(ifRev: number | undefined): Pick<WriteCommand, 'ifAbsent' | 'ifMatch'> {
  if (ifRev === undefined) return {}
  return ifRev === 0 ? { ifAbsent: true } : { ifMatch: [{ epoch: null, rev: ifRev }] }
}
