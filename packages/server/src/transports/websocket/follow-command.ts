/** The command `follow`: follows all channels of a pattern from one cursor. */
import { frameBytesFor } from 'dovetail-protocol'
import { Follower } from '../../core/following/follower.ts'
import { Failure } from '../../core/rules/failure.ts'
import { type Answer, type CommandContext, nothing, type Of, requirePlace } from './command.ts'
import { aroundPage, FollowedPattern } from './followed-pattern.ts'
import type { ConnectionSession } from './session/connection-session.ts'

/** The first page follows the reply, as all others do. It is read before, so that what is wrong is a refusal. */
export async function followPattern(
  core: CommandContext,
  session: ConnectionSession,
  command: Of<'follow'>,
): Promise<Answer> {
  const { pattern, after = null, limit = core.limits.changesDefault } = command
  if (limit > core.limits.changes) throw new Failure('invalid_data', `"limit" is at most ${core.limits.changes}.`)
  requirePlace(core, session, session.patterns.has(pattern))
  const maxBytes = command.maxBytes === undefined ? session.maxBytes : frameBytesFor(command.maxBytes)
  const frameBytes = Math.min(core.limits.frameBytes, maxBytes ?? Number.POSITIVE_INFINITY)
  const { caller } = session
  const follower = new Follower(core, caller, { pattern, after, pageBytes: frameBytes - aroundPage })
  const followed = new FollowedPattern(core, session, follower, { pattern, limit, maxBytes })
  const endTurn = await session.largeTurn()
  try {
    const first = await follower.read(limit)
    if (session.isClosed) {
      followed.close()
      return nothing
    }
    // The connection may have signed in anew meanwhile, and follows that ran at the same time may have reached the limit.
    if (session.caller !== caller) follower.become(session.caller)
    requirePlace(core, session, session.patterns.has(pattern))
    session.patterns.hold(pattern, followed)
    return {
      ...nothing,
      records: first.looked,
      afterwards: () => {
        void followed.begin(first)
        endTurn()
      },
    }
  } catch (error) {
    followed.close()
    endTurn()
    throw error
  }
}
