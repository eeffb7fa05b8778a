/** Runs each WebSocket command by one exhaustive switch. `afterwards` runs once the reply is sent. */
import { frameBytesFor, type HelloOk, type Up, type UpOp, upSchemas } from 'dovetail-protocol'
import { Compile, type Validator } from 'typebox/compile'
import { namedChannel } from '../../core/access/address.ts'
import type { Caller } from '../../core/access/caller.ts'
import { setOwnState } from '../../core/presence/presence-verbs.ts'
import { Failure } from '../../core/rules/failure.ts'
import { fieldErrors } from '../../core/rules/field-errors.ts'
import { requireCreateShape } from '../../core/write/create-shape.ts'
import type { WriteCommand, WriteOp } from '../../core/write/decide.ts'
import { signal } from '../../core/write/signal.ts'
import { write } from '../../core/write/write.ts'
import type { Span } from '../../ports/tracing/tracing.ts'
import { appendOk, helloOk, pingOk, writeOk } from '../../wire/replies.ts'
import type { TransportContext } from '../transport-context.ts'
import { type Answer, type CommandContext, nothing, type Of } from './command.ts'
import { followPattern } from './follow-command.ts'
import type { Incoming } from './incoming.ts'
import type { ConnectionSession } from './session/connection-session.ts'
import { subscribeInTurn } from './subscribe-command.ts'

/** Every command but `hello`, which the connection handles because it changes the caller. */
export type Command = Exclude<Up, { op: 'hello' }>

const validators = new Map<string, Validator>(Object.entries(upSchemas).map(([op, schema]) => [op, Compile(schema)]))

/** The command in a parsed message, or `too_deep`, or `invalid_data` for an unknown `op` or a wrong field. */
export function checkedCommand({ depth, message }: Incoming, maxDepth: number): Up {
  if (depth > maxDepth) throw new Failure('too_deep', 'The JSON is nested too deep.')
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

/** Runs a command, in its channel's order. `span`: the command's; `null`: it is not traced. */
export function dispatch(
  core: CommandContext,
  session: ConnectionSession,
  command: Command,
  span: Span | null = null,
): Promise<Answer> {
  switch (command.op) {
    case 'ping':
      return Promise.resolve({ ok: pingOk({ serverTime: new Date(core.clock.now()).toISOString() }) })
    case 'subscribe':
      return session.inOrder(command.channel, false, () => subscribeInTurn(core, session, command))
    case 'unsubscribe':
      return session.inOrder(command.channel, false, async () => {
        session.release(core, namedChannel(command.channel))
        return nothing
      })
    case 'follow':
      return session.inOrder(command.pattern, false, () => followPattern(core, session, command))
    case 'unfollow':
      return session.inOrder(command.pattern, false, async () => {
        session.patterns.release(command.pattern)
        return nothing
      })
    case 'create':
      return session.inOrder(command.channel, true, (queued) =>
        runWrite(core, session, { ...command, op: 'create' }, span, queued),
      )
    case 'put':
    case 'patch':
    case 'append':
    case 'delete':
      return session.inOrder(command.channel, false, () => runWrite(core, session, command, span))
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

function unreachable(command: never): never {
  throw new Error(`an unhandled command: ${JSON.stringify(command)}`)
}

/** Runs `hello`: finds who speaks on the connection, and what it takes. */
export async function greet(
  { core, callers, readers }: TransportContext,
  session: ConnectionSession,
  command: Of<'hello'>,
): Promise<Answer> {
  const caller =
    command.token === undefined
      ? await session.callerWithoutToken()
      : await callers.byToken(command.token, () => session.address)
  if (caller.refusal !== null) throw caller.refusal
  const answer = await welcome(core, session, caller, readers.about)
  if (command.maxBytes !== undefined) session.maxBytes = frameBytesFor(command.maxBytes)
  return answer
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

async function runWrite(
  core: CommandContext,
  session: ConnectionSession,
  command: Of<WriteOp>,
  span: Span | null,
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
    request: span ?? undefined,
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
