/** Records what a connection is refused and why it is ended, for people who look for the reason. */
import type { CloseCode } from 'dovetail-protocol'
import type { Failure } from '../../core/rules/failure.ts'
import type { TransportContext } from '../transport-context.ts'
import type { Incoming } from './incoming.ts'
import type { ConnectionSession } from './session/connection-session.ts'

type Recording = Pick<TransportContext, 'events' | 'metrics'>

export function recordRefusal(
  { events, metrics }: Recording,
  { address, caller }: ConnectionSession,
  { message: { op } }: Incoming,
  { code, message }: Failure,
): void {
  metrics.refused('websocket', code)
  // A name that no command has may be of any length.
  const request = typeof op === 'string' && op !== '' ? op.slice(0, 32) : 'no command'
  events.refused({ transport: 'websocket', request, code, detail: message, user: caller.user, address })
}

export function recordEnd(
  { events, metrics }: Recording,
  { caller }: ConnectionSession,
  code: CloseCode,
  reason: string,
): void {
  metrics.closed(code)
  // A node that leaves ends all connections, and hides no other reason by that.
  if (code !== 1012) events.ended({ transport: 'websocket', code, reason, user: caller.user })
}
