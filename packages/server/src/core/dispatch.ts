/** A command and its verb: one exhaustive switch. The reply is JSON text; `afterwards` runs once it is on its way. */
import { type Up, type UpOp, upSchemas } from '@dovetail/protocol'
import { Compile, type Validator } from 'typebox/compile'
import { encodeRecord } from '../ports/stored-record.ts'
import { namedChannel } from './address.ts'
import type { Caller } from './caller.ts'
import type { Core } from './core.ts'
import { requireCreateShape } from './create-shape.ts'
import type { WriteCommand, WriteOp } from './decide.ts'
import { Failure } from './failure.ts'
import { fieldErrors } from './field-errors.ts'
import { becomePresent, setOwnState } from './present.ts'
import type { Session } from './session.ts'
import { signal } from './signal.ts'
import { type Subscription, subscribe } from './subscribe.ts'
import { write } from './write.ts'

export interface Answer {
  readonly ok: string
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
export function dispatch(core: Core, session: Session, command: Up): Promise<Answer> {
  switch (command.op) {
    case 'hello':
      return hello(core, session, command.token)
    case 'ping':
      return Promise.resolve({ ok: `{"serverTime":"${new Date(core.clock.now()).toISOString()}"}` })
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

const nothing: Answer = { ok: '{}' }

function unreachable(command: never): never {
  throw new Error(`an unhandled command: ${JSON.stringify(command)}`)
}

async function hello(core: Core, session: Session, token: string | undefined): Promise<Answer> {
  const caller = token === undefined ? (session.brought ?? session.caller) : await core.authenticate(token)
  if (session.caller.user !== null && caller.user !== session.caller.user) {
    throw new Failure('forbidden', 'A connection is refreshed with a token of the same user only.')
  }
  await session.refresh(core, caller)
  return { ok: helloOk(core, session, caller) }
}

function helloOk(core: Core, session: Session, caller: Caller): string {
  return JSON.stringify({
    user: caller.user,
    connection: session.connection,
    limits: core.limits,
    serverTime: new Date(core.clock.now()).toISOString(),
    ...(caller.expiresAt === null ? {} : { expiresAt: new Date(caller.expiresAt).toISOString() }),
  })
}

type Of<Op extends UpOp> = Extract<Up, { op: Op }>

async function inTurn(core: Core, session: Session, command: Of<'subscribe'>): Promise<Answer> {
  const turn = new Turn(session)
  try {
    const { ok, afterwards } = await runSubscribe(core, session, command, turn)
    return { ok, afterwards: endsAfter(turn, afterwards) }
  } catch (error) {
    turn.end()
    throw error
  }
}

/** A subscribe's turn among the large replies of its connection, where it needs one. */
class Turn {
  readonly #session: Session
  #end: (() => void) | null = null

  constructor(session: Session) {
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

async function runSubscribe(core: Core, session: Session, command: Of<'subscribe'>, turn: Turn): Promise<Answer> {
  const { channel } = command
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
    onEnded: releases(core, session, channel),
    onBroken: session.onBroken,
  })
  if (session.isClosed) {
    subscription.feed.close()
    return nothing
  }
  // It may have ended before it is held: the reader is told so after the reply.
  if (subscription.feed.isClosed)
    return { ok: subscribeOk(channel, subscription, null), afterwards: begins(core, subscription, false) }
  try {
    // Others that were under way may have taken the last places meanwhile.
    requirePlace(core, session, channel)
  } catch (error) {
    subscription.feed.close()
    throw error
  }
  // Not the subscription whole: the records of its snapshot would be held as long as the connection lives.
  session.hold(core, channel, { hub: subscription.hub, feed: subscription.feed })
  const present = command.presence === true ? becomePresent(core, session, channel, subscription.feed) : null
  return {
    ok: subscribeOk(channel, subscription, present),
    afterwards: begins(core, subscription, command.demand === true),
  }
}

/** Made apart from where the reply is made: what one closure of a function needs, all of them keep. */
function releases(core: Core, session: Session, channel: string): () => void {
  return () => session.release(core, channel)
}

function begins(core: Core, { hub, feed }: Subscription, demand: boolean): () => void {
  return () => {
    feed.begin()
    if (demand) core.audience.tellTo(hub, feed)
  }
}

function requirePlace(core: Core, session: Session, channel: string): void {
  const { subscriptions } = core.limits
  if (session.subscriptions.has(channel) || session.subscriptions.size < subscriptions) return
  throw new Failure('too_many_subscriptions', `A connection follows at most ${subscriptions} channels.`)
}

function subscribeOk(channel: string, subscription: Subscription, present: string | null): string {
  const { resume, reason, epoch, cursor, snapshot } = subscription
  const parts = [
    `"channel":"${channel}"`,
    `"resume":"${resume}"`,
    ...(reason === null ? [] : [`"reason":"${reason}"`]),
    `"epoch":${epoch === null ? 'null' : `"${epoch}"`}`,
    `"cursor":"${cursor}"`,
  ]
  if (snapshot !== null) {
    const pages = [...snapshot].map(
      ([collection, page]) =>
        `"${collection}":{"records":[${page.records.map(encodeRecord).join(',')}],"before":${page.before}}`,
    )
    parts.push(`"snapshot":{${pages.join(',')}}`)
  }
  if (present !== null) parts.push(`"presence":${present}`)
  return `{${parts.join(',')}}`
}

async function runWrite(
  core: Core,
  session: Session,
  command: Of<'create' | 'put' | 'patch' | 'delete'>,
  queued?: () => void,
): Promise<Answer> {
  const onRecord = command.op === 'create' ? {} : { recordId: command.recordId, ...preconditions(command.ifRev) }
  const data = command.op === 'delete' ? {} : { data: command.data }
  const { op, channel, collection, key, author } = command
  const asked: WriteCommand = { op: op satisfies WriteOp, channel, collection, key, author, ...onRecord, ...data }
  const { record, at } = await write(core, session.caller, asked, queued)
  return { ok: `{"record":${encodeRecord(record)},"at":"${at}"}` }
}

function preconditions(ifRev: number | undefined): Pick<WriteCommand, 'ifAbsent' | 'ifMatch'> {
  if (ifRev === undefined) return {}
  return ifRev === 0 ? { ifAbsent: true } : { ifMatch: [{ epoch: null, rev: ifRev }] }
}
