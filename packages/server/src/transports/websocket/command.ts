/** What a command of the WebSocket needs of the core, and what it answers. */
import type { Up, UpOp } from 'dovetail-protocol'
import type { FollowerContext } from '../../core/following/context.ts'
import type { PresenceVerbContext } from '../../core/presence/context.ts'
import type { Budgets } from '../../core/rate/budgets.ts'
import type { FollowContext } from '../../core/read/context.ts'
import { Failure } from '../../core/rules/failure.ts'
import type { SignalContext, WriteContext } from '../../core/write/context.ts'
import type { JsonText } from '../../wire/json-text.ts'
import { emptyOk } from '../../wire/replies.ts'
import type { ConnectionSession } from './session/connection-session.ts'

export type CommandContext = FollowContext &
  WriteContext &
  SignalContext &
  PresenceVerbContext &
  FollowerContext & { readonly budgets: Budgets }

export type Of<Op extends UpOp> = Extract<Up, { op: Op }>

export interface Answer {
  readonly ok: JsonText
  /** How many records the command reads. */
  readonly records?: number
  readonly afterwards?: () => void
}

export const nothing: Answer = { ok: emptyOk }

/** Throws where the connection follows as many channels and patterns as it may; `has`: this one is followed already. */
export function requirePlace({ limits }: CommandContext, session: ConnectionSession, has: boolean): void {
  if (has || session.subscriptions.size + session.patterns.size < limits.subscriptions) return
  throw new Failure(
    'too_many_subscriptions',
    `A connection follows at most ${limits.subscriptions} channels and patterns.`,
  )
}
