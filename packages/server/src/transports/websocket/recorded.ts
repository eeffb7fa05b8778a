/** Records what a connection is refused and why it is ended, for people who look for the reason. */
import type { CloseCode } from 'dovetail-protocol'
import type { Failure } from '../../core/rules/failure.ts'
import type { Span } from '../../ports/tracing/tracing.ts'
import { isLogged, logEvent } from '../../telemetry/log-events.ts'
import type { TransportContext } from '../transport-context.ts'
import type { Incoming } from './incoming.ts'
import type { ConnectionSession } from './session/connection-session.ts'

type Recording = Pick<TransportContext, 'core' | 'events' | 'log' | 'metrics'>

/** `outcome`: `ok`, or the code of the refusal. */
export function recordCommand(
  { log }: Recording,
  session: ConnectionSession,
  incoming: Incoming,
  outcome: string,
  span: Span | null,
): void {
  if (!isLogged(log, 'command')) return
  const { connection, caller } = session
  const op = nameOf(incoming)
  logEvent(log, 'command', { connection, op, user: caller.user, outcome }, `${op}: ${outcome}`, span)
}

export function recordRefusal(
  recording: Recording,
  session: ConnectionSession,
  incoming: Incoming,
  { code, message, extras }: Failure,
  span: Span | null,
): void {
  const { core, events, metrics } = recording
  if (code === 'internal') core.report(extras.cause, 'a command')
  const { address, caller } = session
  metrics.refused('websocket', code)
  const request = nameOf(incoming)
  events.refused({ transport: 'websocket', request, code, detail: message, user: caller.user, address }, span)
  recordCommand(recording, session, incoming, code, span)
}

/** A name that no command has may be of any length. */
function nameOf({ message: { op } }: Incoming): string {
  return typeof op === 'string' && op !== '' ? op.slice(0, 32) : 'no command'
}

export function recordEnd(
  { events, metrics }: Recording,
  { caller }: ConnectionSession,
  code: CloseCode,
  reason: string,
  queued = 0,
): void {
  metrics.closed(code)
  // A node that leaves ends all connections, and hides no other reason by that.
  if (code !== 1012) events.ended({ transport: 'websocket', code, reason, user: caller.user }, queued)
}
